import type { Answer } from './answer-reader.js';
import { HttpConnection, type ConnectOptions, type Origin } from './http-connection.js';

export interface PoolOptions extends ConnectOptions {
  /** Most connections at once; further requests wait for one. */
  readonly connections: number;
}

/** Connections to one server, kept open while they are used. */
export class ConnectionPool {
  private readonly open = new Set<HttpConnection>();
  /** The most recently used last. */
  private readonly idle: HttpConnection[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(
    private readonly origin: Origin,
    private readonly options: PoolOptions,
  ) {}

  /** Sends a request, see {@link HttpConnection.send}. */
  async send(head: string, maxBodyBytes: number, signal: AbortSignal | undefined): Promise<Answer> {
    if (this.busy >= this.options.connections) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.busy += 1;
    try {
      signal?.throwIfAborted();
      const connection = this.idle.pop() ?? this.connect();
      const answer = await connection.send(head, maxBodyBytes, signal);
      if (answer.keepsConnection && this.open.has(connection)) this.idle.push(connection);
      return answer;
    } finally {
      // Whoever waits takes this place.
      const next = this.waiting.shift();
      if (next === undefined) this.busy -= 1;
      else next();
    }
  }

  /** Ends all connections, and the requests on them. */
  destroy(): void {
    for (const connection of this.open) connection.destroy();
  }

  private connect(): HttpConnection {
    const connection = new HttpConnection(this.origin, this.options, () => {
      this.open.delete(connection);
      const at = this.idle.indexOf(connection);
      if (at >= 0) this.idle.splice(at, 1);
    });
    this.open.add(connection);
    return connection;
  }
}
