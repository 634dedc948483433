import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Fields, Infer, Input } from '../../src/protocol/codec/fields.js';
import type { Api } from '../../src/protocol/codec/index.js';
import { decodeResponse, encodeRequest } from '../../src/protocol/codec/index.js';
import { FrameReader } from '../../src/protocol/transport/frame-reader.js';

const MAX_RESPONSE_BYTES = 512 * 1024 * 1024;
/** Brokers answer in order, so one id for all requests loses nothing, and frames can be sent again as they are. */
const CORRELATION_ID = 1;

interface Waiter {
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** A request as it goes over the wire: built once, sent as often as wanted. */
export type Frame = Buffer;

/** Builds a frame, its size included. */
export function frameOf<Q extends Fields>(api: Api<Q>, version: number, body: Input<Q>): Frame {
  return Buffer.concat(encodeRequest(api, version, CORRELATION_ID, 'bench', body));
}

/** Reads the answer to a frame. */
export function bodyOf<S extends Fields>(api: Api<Fields, S>, version: number, answer: Buffer): Infer<S> {
  return decodeResponse(api, version, answer).body;
}

/** One client connection that costs as little as possible: no queue but the socket's, no copy of what is sent. */
export class Connection {
  private readonly waiters: Waiter[] = [];
  private readonly reader = new FrameReader(
    { admit: () => true, frame: (frame) => this.waiters.shift()?.resolve(frame) },
    MAX_RESPONSE_BYTES,
  );
  private ended: Error | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.reader.push(chunk));
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the broker closed the connection')));
  }

  /** @param bootstrap `host:port` */
  static async open(bootstrap: string): Promise<Connection> {
    const colon = bootstrap.lastIndexOf(':');
    const socket = connect({
      host: bootstrap.slice(0, colon),
      port: Number(bootstrap.slice(colon + 1)),
      noDelay: true,
    });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Several connections to the same broker. */
  static openMany(bootstrap: string, count: number): Promise<Connection[]> {
    return Promise.all(Array.from({ length: count }, () => Connection.open(bootstrap)));
  }

  /** @returns the answer without its size; rejects when the connection ends first */
  exchange(frame: Frame): Promise<Buffer> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.socket.write(frame);
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  /** Sends a request and reads its answer. */
  async send<Q extends Fields, S extends Fields>(api: Api<Q, S>, version: number, body: Input<Q>): Promise<Infer<S>> {
    return bodyOf(api, version, await this.exchange(frameOf(api, version, body)));
  }

  close(): void {
    this.ended ??= new Error('the connection was closed');
    this.socket.destroy();
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiters.splice(0)) reject(error);
  }
}
