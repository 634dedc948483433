/**
 * A proxy in front of an S3 server, as a process of its own: makes every answer take at least as long as its parent
 * says, by the request's method, and counts the requests. Signatures stay valid, as the Host header goes through.
 */
import { createServer, request as forward, Agent } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delays, ProxyCommand, RequestCounts } from './proxy-messages.js';

const upstream = new URL(process.argv[2] as string);
const agent = new Agent({ keepAlive: true });
const counts: RequestCounts = { put: 0, get: 0, other: 0 };
let delays: Delays = { put: 0, get: 0, other: 0 };

const server = createServer((incoming, outgoing) => {
  relay(incoming, outgoing).catch(() => outgoing.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on('message', (command: ProxyCommand) => {
  if ('delays' in command) delays = command.delays;
  process.send?.({ counts });
});
process.once('disconnect', () => process.exit());

async function relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const kind = incoming.method === 'PUT' ? 'put' : incoming.method === 'GET' && isObject(incoming) ? 'get' : 'other';
  counts[kind] += 1;
  const earliest = performance.now() + delays[kind];
  const answer = await send(incoming);
  const wait = earliest - performance.now();
  if (wait > 0) await delay(wait);
  outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  answer.pipe(outgoing);
  answer.once('error', () => outgoing.destroy());
}

function send(incoming: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, rawHeaders } = incoming;
    const { hostname, port } = upstream;
    const outgoing = forward(
      { agent, hostname, port, method, path: url, headers: rawHeaders, setHost: false },
      resolve,
    );
    outgoing.once('error', reject);
    incoming.once('error', reject);
    incoming.pipe(outgoing);
  });
}

/** Listings are GETs of the bucket. */
function isObject({ url = '/' }: IncomingMessage): boolean {
  const [path = ''] = url.split('?');
  return path.split('/').filter(Boolean).length > 1;
}
