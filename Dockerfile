# The steps are those of scripts/package.mjs, which CI runs in an empty folder. The build of the image itself is untested:
# no container engine was at hand.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY . .
RUN node scripts/package.mjs /app

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /app /app
# Used only without a bucket and etcd; mount a volume here to keep it.
RUN mkdir /data && chown node:node /data
ENV KAFSCALE_DATA_DIR=/data
USER node
EXPOSE 9092 9093
# Node itself is process 1 and handles the signals.
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["broker"]
