// Ends TLS before brokers that don't speak it themselves: for each of them a port, and what comes in there goes on to it.
//
//   node proxy.mjs CERTIFICATE KEY 9443=localhost:9092 9444=localhost:9192
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';

const [certificate, key, ...routes] = process.argv.slice(2);
if (routes.length === 0) {
  console.error('usage: node proxy.mjs CERTIFICATE KEY PORT=HOST:PORT...');
  process.exit(2);
}
const identity = { cert: readFileSync(certificate), key: readFileSync(key) };

for (const route of routes) {
  const [, port, host, targetPort] = /^(\d+)=(.+):(\d+)$/.exec(route) ?? [];
  const server = createServer(identity, (client) => {
    const broker = connect({ host, port: Number(targetPort), noDelay: true });
    // Whichever side ends or fails, the other is ended too.
    const over = () => undefined;
    pipeline(client, broker, over);
    pipeline(broker, client, over);
  });
  server.on('tlsClientError', (error) => console.error(`${port}: ${error.message}`));
  server.listen(Number(port), () => console.log(`${port} to ${host}:${targetPort}`));
}
