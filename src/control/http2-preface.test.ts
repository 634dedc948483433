import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { routeByPreface } from './http2-preface.js';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function pair(timeoutMs: number, handlers: Parameters<typeof routeByPreface>[1]): Promise<Socket> {
  const server = createServer((socket) => routeByPreface(socket, handlers, timeoutMs)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

const nobody = {
  http1: () => {
    throw new Error('not HTTP/1.1');
  },
  http2: () => {
    throw new Error('not HTTP/2');
  },
};

test('a socket that says nothing is closed', async () => {
  const socket = await pair(20, nobody);
  socket.resume();
  await once(socket, 'close');
});

test('the protocol gets every byte that was looked at', async () => {
  const seen = Promise.withResolvers<string>();
  const socket = await pair(1000, {
    ...nobody,
    http1: (accepted) => {
      let text = '';
      accepted.on('data', (chunk: Buffer) => (text += chunk.toString()));
      accepted.on('end', () => seen.resolve(text));
    },
  });
  socket.write('PRI * HTT');
  socket.end('P/1.1 or something else');
  expect(await seen.promise).toBe('PRI * HTTP/1.1 or something else');
  socket.destroy();
});
