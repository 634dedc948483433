import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AnswerReader, HEAD_BYTES, type Answer } from './answer-reader.js';

/** A server. */
export interface Origin {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
}

export interface ConnectOptions {
  readonly connectTimeoutMs: number;
  /** Certificates that are trusted instead of the usual ones, PEM. */
  readonly ca?: readonly string[];
}

/** A connection without requests is closed before servers do that: a request would meet the end on its way. */
const IDLE_TIMEOUT_MS = 4_000;

interface Exchange {
  readonly reader: AnswerReader;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection to an HTTP server, with one request on the way at a time. The socket reads right into the memory of a
 * body: no chunks are allocated, copied and collected as garbage, which is half of what a download costs otherwise.
 */
export class HttpConnection {
  private readonly scratch = Buffer.allocUnsafeSlow(HEAD_BYTES);
  private readonly socket: Socket;
  private exchange: Exchange | undefined;
  private failure: Error | undefined;

  /** @param onEnd called when no more requests can be made, perhaps more than once */
  constructor(origin: Origin, options: ConnectOptions, onEnd: () => void) {
    this.socket = openSocket(origin, options, {
      buffer: () => this.exchange?.reader.room ?? this.scratch,
      callback: (count) => this.received(count),
    });
    const { socket } = this;
    const timer = setTimeout(() => socket.destroy(connectTimeout(options)), options.connectTimeoutMs);
    socket.once(origin.isSecure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    socket.on('timeout', () => socket.destroy());
    socket.on('error', (error) => (this.failure ??= error));
    const end = () => {
      this.failure ??= Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
      onEnd();
    };
    socket.on('end', () => {
      end();
      this.settle(this.exchange?.reader.ended());
    });
    socket.on('close', () => {
      clearTimeout(timer);
      end();
      this.exchange?.reject(this.failure);
    });
    // What is read goes around the stream; its end comes only when it flows.
    socket.resume();
  }

  /**
   * @param head of the request, which has no body, up to the empty line
   * @param maxBodyBytes see {@link AnswerReader}
   * @throws the reason of `signal`, or what has ended the connection; it cannot be used afterwards
   */
  async send(head: string, maxBodyBytes: number, signal: AbortSignal | undefined): Promise<Answer> {
    const { socket } = this;
    if (this.failure !== undefined) throw this.failure;
    signal?.throwIfAborted();
    const onAbort = () => socket.destroy(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(0).ref();
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.exchange = { reader: new AnswerReader(this.scratch, maxBodyBytes), resolve, reject };
        socket.write(head, 'latin1');
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
      socket.setTimeout(IDLE_TIMEOUT_MS).unref();
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  private received(count: number): boolean {
    try {
      if (this.exchange === undefined) throw new Error('the server sent something that nobody asked for');
      this.settle(this.exchange.reader.received(count));
    } catch (error) {
      this.socket.destroy(error as Error);
    }
    return true;
  }

  private settle(answer: Answer | undefined): void {
    if (answer === undefined) return;
    const { exchange } = this;
    this.exchange = undefined;
    if (!answer.keepsConnection) this.socket.destroy();
    exchange?.resolve(answer);
  }
}

function openSocket({ isSecure, host, port }: Origin, { ca }: ConnectOptions, onread: OnReadOpts): Socket {
  const options = { host, port, onread, noDelay: true, keepAlive: true };
  if (!isSecure) return connectTcp(options);
  return connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }), ...(ca && { ca: [...ca] }) });
}

function connectTimeout({ connectTimeoutMs }: ConnectOptions): Error {
  return Object.assign(new Error(`not connected within ${connectTimeoutMs} ms`), { code: 'ETIMEDOUT' });
}
