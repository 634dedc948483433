import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../src/protocol/codec/index.js';
import { encodeRequest, responseHeaderVersion } from '../../src/protocol/codec/index.js';
import type { Fields, Infer, Input } from '../../src/protocol/codec/fields.js';
import { Reader } from '../../src/protocol/codec/reader.js';
import { ResponseHeader } from '../../src/protocol/schema/index.js';
import { FrameQueue } from './frame-queue.js';

const SIZE_BYTES = 4;

/** A request as it goes over the wire, its size included. */
export interface EncodedRequest {
  readonly bytes: Buffer;
  readonly correlationId: number;
}

/**
 * One connection to a broker, without what a client library adds: no handshake, no retries, no choice of versions. Any
 * API can be sent in any version, and any bytes at all.
 *
 * Answers are taken in the order of the requests. An answer must carry the correlation id of its request and have no
 * bytes left after its body, otherwise the wait for it fails.
 */
export class WireClient {
  private nextCorrelationId = 1;
  private readonly frames: FrameQueue;

  private constructor(
    private readonly socket: Socket,
    /** The host and port it is connected to. */
    readonly bootstrap: string,
  ) {
    this.frames = new FrameQueue(socket);
  }

  /** @param bootstrap `host:port` */
  static async connect(bootstrap: string): Promise<WireClient> {
    const colon = bootstrap.lastIndexOf(':');
    const socket = connect({
      host: bootstrap.slice(0, colon),
      port: Number(bootstrap.slice(colon + 1)),
      noDelay: true,
    });
    await once(socket, 'connect');
    return new WireClient(socket, bootstrap);
  }

  /** What {@link send} would write; for requests to be sent in pieces, together, or changed. */
  encode<Q extends Fields>(
    api: Api<Q>,
    version: number,
    body: Input<Q>,
    clientId: string | null = 'wire-client',
  ): EncodedRequest {
    const correlationId = this.nextCorrelationId++;
    return { correlationId, bytes: Buffer.concat(encodeRequest(api, version, correlationId, clientId, body)) };
  }

  /**
   * Sends a request and waits for its answer. Several may be sent before the first is answered.
   *
   * @throws {Error} when the connection closes first, or no answer comes for ten seconds
   */
  send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    body: Input<Q>,
    clientId?: string | null,
  ): Promise<Infer<S>> {
    const { bytes, correlationId } = this.encode(api, version, body, clientId);
    this.write(bytes);
    return this.answer(api, version, correlationId);
  }

  /** Sends a request that gets no answer. */
  sendWithoutAnswer<Q extends Fields>(api: Api<Q>, version: number, body: Input<Q>): void {
    this.write(this.encode(api, version, body).bytes);
  }

  /** Takes the next frame as the answer to a request that was written as bytes. Throws as {@link send}. */
  async answer<S extends Fields>(
    api: Api<Fields, S>,
    version: number,
    correlationId: number,
    headerVersion = responseHeaderVersion(api, version),
  ): Promise<Infer<S>> {
    const frame = await this.frames.next(`${api.name} v${version}`);
    const reader = new Reader(frame);
    const header = ResponseHeader.read(reader, headerVersion);
    if (header.correlationId !== correlationId) {
      throw new Error(`${api.name} v${version} has correlation id ${correlationId}, answer ${header.correlationId}`);
    }
    const body = api.response.read(reader, version);
    if (reader.remaining > 0) {
      throw new Error(`${api.name} v${version}: ${reader.remaining} bytes follow the answer: ${frame.toString('hex')}`);
    }
    return body;
  }

  /** The next frame as it came, without its size. */
  frame(): Promise<Buffer> {
    return this.frames.next('what was written');
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Sends bytes in pieces of `size`, each in a packet of its own as far as the system allows. */
  async writeInPieces(bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise<void>((resolve, reject) => {
        this.socket.write(bytes.subarray(at, at + size), (error) => (error ? reject(error) : resolve()));
      });
      // Lets the packet go before the next piece, which would otherwise often join it.
      await delay(0);
    }
  }

  /**
   * Waits until the broker closes the connection.
   *
   * @throws {Error} when it answers instead, or does nothing for ten seconds
   */
  closedByBroker(): Promise<void> {
    return this.frames.closed();
  }

  /** Closes the connection, without waiting for answers. */
  close(): void {
    this.socket.destroy();
  }
}

/** A request frame from its parts, for what no encoder would write. */
export function rawRequest(parts: {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId?: string | null;
  /** The tagged section of header v2; without it the header is of v1. */
  readonly headerTags?: Buffer;
  readonly body?: Buffer;
}): Buffer {
  const { clientId = 'wire-client' } = parts;
  const header = Buffer.alloc(SIZE_BYTES + 10);
  header.writeInt16BE(parts.apiKey, 4);
  header.writeInt16BE(parts.apiVersion, 6);
  header.writeInt32BE(parts.correlationId, 8);
  header.writeInt16BE(clientId === null ? -1 : Buffer.byteLength(clientId), 12);
  const bytes = Buffer.concat([
    header,
    Buffer.from(clientId ?? ''),
    parts.headerTags ?? Buffer.alloc(0),
    parts.body ?? Buffer.alloc(0),
  ]);
  bytes.writeInt32BE(bytes.length - SIZE_BYTES);
  return bytes;
}
