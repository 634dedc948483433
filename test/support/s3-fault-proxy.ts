import { once } from 'node:events';
import { Agent, createServer, request as forward } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { reset } from './reset.js';

/** What can happen to a request on its way to an S3 server, or to the answer on its way back. */
export const S3_FAULTS = [
  /** Answered 503 SlowDown; the server never sees it. */
  'slowDown',
  /** The connection is reset; the server never sees it. */
  'reset',
  /** The server has it carried out; then the connection is reset. */
  'lostAnswer',
  /** The connection is reset, and the server carries it out some time later. */
  'lateSuccess',
  /** The answer comes late. */
  'stall',
  /** The connection ends in the middle of an object. */
  'truncated',
  /** One bit of an object is wrong when it arrives: uploaded or read. */
  'wrongBit',
] as const;
export type S3Fault = (typeof S3_FAULTS)[number];

export type S3Operation = 'put' | 'get' | 'head' | 'list' | 'delete';

/** Probability of each fault, per request; together at most 1. */
export type FaultRates = Readonly<Partial<Record<S3Fault, number>>>;

interface Request {
  readonly operation: S3Operation;
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly rawHeaders: string[];
  readonly body: Buffer;
}

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
const BODILESS: readonly S3Operation[] = ['head', 'list', 'delete'];

/**
 * An HTTP proxy that tests put before an S3 server: makes requests fail in the ways that object stores and networks
 * have, as a seeded generator decides, and counts them. Signatures stay valid, as the Host header goes through.
 */
export class S3FaultProxy {
  /** Requests that arrived, by operation. */
  readonly requests: Record<S3Operation, number> = { put: 0, get: 0, head: 0, list: 0, delete: 0 };
  /** Faults that requests have met. */
  readonly injected: Record<S3Fault, number> = {
    slowDown: 0,
    reset: 0,
    lostAnswer: 0,
    lateSuccess: 0,
    stall: 0,
    truncated: 0,
    wrongBit: 0,
  };
  private rates: FaultRates = {};
  private readonly agent = new Agent({ keepAlive: true });
  private readonly stopping = new AbortController();
  private readonly late = new Set<Promise<void>>();

  private constructor(
    private readonly server: Server,
    private readonly upstream: URL,
    private readonly random: () => number,
  ) {
    server.keepAliveTimeout = 60_000;
    server.on('request', (incoming, outgoing) => {
      this.relay(incoming, outgoing).catch(() => reset(incoming.socket));
    });
  }

  /**
   * @param endpoint URL of the S3 server
   * @param random uniform in [0, 1)
   */
  static async start(endpoint: string, random: () => number): Promise<S3FaultProxy> {
    const server = createServer();
    const proxy = new S3FaultProxy(server, new URL(endpoint), random);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on requests meet these faults, and those only. */
  setFaults(rates: FaultRates): void {
    this.rates = rates;
  }

  /** Resolves when no request is left that its sender has given up and the server will still carry out. */
  async lateRequestsDone(): Promise<void> {
    await Promise.all(this.late);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.lateRequestsDone();
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private async relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const operation = operationOf(incoming);
    this.requests[operation] += 1;
    const fault = this.draw(operation);
    const body = await bytesOf(incoming);
    const request = { operation, incoming, body };
    if (fault !== undefined) this.injected[fault] += 1;
    switch (fault) {
      case 'slowDown':
        outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(operation === 'head' ? '' : SLOW_DOWN);
        return;
      case 'reset':
        reset(incoming.socket);
        return;
      case 'lostAnswer':
        await this.send(request);
        reset(incoming.socket);
        return;
      case 'lateSuccess':
        reset(incoming.socket);
        this.sendLater(request);
        return;
      default:
        await this.answer(request, outgoing, fault);
    }
  }

  private async answer(
    request: Request,
    outgoing: ServerResponse,
    fault: 'stall' | 'truncated' | 'wrongBit' | undefined,
  ): Promise<void> {
    const damagesUpload = fault === 'wrongBit' && request.operation === 'put';
    const answer = await this.send(damagesUpload ? { ...request, body: this.withWrongBit(request.body) } : request);
    if (fault === 'stall') await this.pause(200 + this.random() * 2_800);
    outgoing.writeHead(answer.status, answer.rawHeaders);
    if (fault === 'truncated' && answer.status < 300) {
      // Ended only when this much is on its way, so that it arrives.
      const half = answer.body.subarray(0, answer.body.length >> 1);
      outgoing.write(half, () => request.incoming.socket.destroySoon());
      return;
    }
    const damaged = fault === 'wrongBit' && !damagesUpload && answer.status < 300;
    outgoing.end(damaged ? this.withWrongBit(answer.body) : answer.body);
  }

  private sendLater(request: Request): void {
    const sent = this.pause(500 + this.random() * 3_000)
      .then(() => this.send(request))
      .then(
        () => undefined,
        // The server has refused it or is gone: nobody waits for the answer.
        () => undefined,
      );
    this.late.add(sent);
    void sent.then(() => this.late.delete(sent));
  }

  /** What happens to a request: at most one fault, and only one that it can meet. */
  private draw(operation: S3Operation): S3Fault | undefined {
    let point = this.random();
    for (const fault of S3_FAULTS) {
      point -= this.rates[fault] ?? 0;
      if (point < 0) return canMeet(operation, fault) ? fault : undefined;
    }
    return undefined;
  }

  private withWrongBit(bytes: Buffer): Buffer {
    const damaged = Buffer.from(bytes);
    if (damaged.length === 0) return damaged;
    const at = Math.floor(this.random() * damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(this.random() * 8));
    return damaged;
  }

  /** Ends early when the proxy stops. */
  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async send({ incoming, body }: Request): Promise<Answer> {
    const { method, url, rawHeaders } = incoming;
    const { hostname, port } = this.upstream;
    const outgoing = forward({
      agent: this.agent,
      hostname,
      port,
      method,
      path: url,
      headers: rawHeaders,
      setHost: false,
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, rawHeaders: answer.rawHeaders, body: await bytesOf(answer) };
  }
}

function canMeet(operation: S3Operation, fault: S3Fault): boolean {
  if (fault === 'wrongBit') return !BODILESS.includes(operation);
  return fault !== 'truncated' || operation === 'get';
}

function operationOf({ method, url = '/' }: IncomingMessage): S3Operation {
  if (method === 'PUT') return 'put';
  if (method === 'HEAD') return 'head';
  if (method === 'POST' || method === 'DELETE') return 'delete';
  const [path = ''] = url.split('?');
  // Listings are GETs of the bucket.
  return path.split('/').filter(Boolean).length > 1 ? 'get' : 'list';
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
