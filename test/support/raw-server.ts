import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { silentLogger } from '../../src/logging/logger.js';
import type { Answer, ClientConnection, FrameHandler } from '../../src/protocol/transport/frame-handler.js';
import { KafkaServer, type KafkaServerOptions } from '../../src/protocol/transport/kafka-server.js';
import { eventually } from './eventually.js';
import { FrameQueue } from './frame-queue.js';
import { VirtualClock } from './virtual-clock.js';

/** A request that the server has accepted; the test decides when and how it ends. */
export interface AcceptedRequest {
  readonly text: string;
  readonly connection: ClientConnection;
  answer(text: string | Buffer, throttleMs?: number): void;
  endWithoutResponse(): void;
  fail(error: Error): void;
}

/** Takes each frame for a text, and keeps it until the test answers it. */
export class HeldRequests implements FrameHandler {
  readonly all: AcceptedRequest[] = [];
  /** What happens to a request before it is kept; may answer or throw at once. */
  onFrame: (text: string) => Answer | undefined = () => undefined;

  handleFrame(bytes: Buffer, connection: ClientConnection): Answer | Promise<Answer | undefined> {
    const text = bytes.toString();
    const atOnce = this.onFrame(text);
    if (atOnce !== undefined) return atOnce;
    return new Promise((resolve, reject) => {
      this.all.push({
        text,
        connection,
        answer: (response, throttleMs = 0) => resolve({ chunks: [frame(response)], throttleMs }),
        endWithoutResponse: () => resolve(undefined),
        fail: reject,
      });
    });
  }

  get texts(): string[] {
    return this.all.map(({ text }) => text);
  }

  /** The request with this text, when it has been accepted. */
  async accepted(text: string): Promise<AcceptedRequest> {
    await eventually(`request ${text}`, () => this.texts.includes(text));
    return this.all.find((request) => request.text === text) as AcceptedRequest;
  }
}

/** A listening server whose requests the test answers by hand, under a clock that the test moves. */
export class RawServer {
  readonly clock = new VirtualClock();
  readonly server: KafkaServer;
  private readonly clients: RawClient[] = [];

  private constructor(
    readonly requests: HeldRequests,
    options: Partial<KafkaServerOptions>,
  ) {
    const defaults = { host: '127.0.0.1', port: 0, maxConnections: 100, maxBufferBytes: 1 << 20, drainTimeoutMs: 1000 };
    this.server = new KafkaServer(requests, { ...defaults, ...options }, silentLogger, this.clock);
  }

  static async start(options: Partial<KafkaServerOptions> = {}): Promise<RawServer> {
    const started = new RawServer(new HeldRequests(), options);
    await new Promise<void>((resolve, reject) =>
      started.server.listen((error) => (error === undefined ? resolve() : reject(error))),
    );
    return started;
  }

  /** Connects a client; resolves when the server has accepted it. */
  async connect(): Promise<RawClient> {
    const accepted = new Promise<Socket>((resolve) => this.server.on('connection', resolve));
    const socket = connect({ host: '127.0.0.1', port: this.server.address.port, noDelay: true });
    await once(socket, 'connect');
    const client = new RawClient(socket, await accepted);
    this.clients.push(client);
    return client;
  }

  /** Hangs up on all sides. */
  async stop(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await this.server.close();
  }
}

/** The client's end of a connection, and a look at the server's. */
export class RawClient {
  readonly frames: FrameQueue;
  private sent = 0;

  constructor(
    readonly socket: Socket,
    /** The server's end. */
    readonly peer: Socket,
  ) {
    this.frames = new FrameQueue(socket);
  }

  write(bytes: Buffer): void {
    this.sent += bytes.length;
    this.socket.write(bytes);
  }

  send(...texts: string[]): void {
    this.write(Buffer.concat(texts.map(frame)));
  }

  async next(): Promise<string> {
    return (await this.frames.next('request')).toString();
  }

  /** Resolves when the server's end has taken in all that was written, as far as it reads at all. */
  async received(): Promise<void> {
    await eventually('bytes to arrive', () => this.peer.bytesRead >= this.sent);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The text as a frame, its size in front. */
export function frame(text: string | Buffer): Buffer {
  const body = Buffer.from(text as string);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}
