import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { setMaxListeners } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Logger } from '../../logging/logger.js';
import { type Clock, systemClock, type Timer } from '../../time/clock.js';
import { ByteBudget } from './byte-budget.js';
import { type ConnectionEnvironment, Connection } from './connection.js';
import { type ConnectionObserver, unobserved } from './connection-observer.js';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from './connection-limits.js';
import type { FrameHandler } from './frame-handler.js';

export interface KafkaServerOptions {
  /** Address to listen on; absent for all. */
  readonly host?: string | undefined;
  /** 0 for any free port: see {@link KafkaServer.address}. */
  readonly port: number;
  /** Clients beyond this number are turned away as they connect. */
  readonly maxConnections: number;
  /** Bound on the bytes of requests in flight, over all connections: see {@link ByteBudget}. */
  readonly maxBufferBytes: number;
  /** How long a stop waits for accepted requests to be answered, in ms. */
  readonly drainTimeoutMs: number;
  /** Where they differ from {@link DEFAULT_CONNECTION_LIMITS}. */
  readonly connection?: Partial<ConnectionLimits>;
}

/** Events of `net.Server` that others may listen to. */
type ServerEvents = {
  listening: () => void;
  connection: (socket: Socket) => void;
  close: () => void;
  error: (error: Error) => void;
};

const SWEEP_INTERVAL_MS = 1000;
const KEEP_ALIVE_DELAY_MS = 60_000;

/** Listens for Kafka clients and owns their connections: the transport strategy that Nest starts and stops. */
export class KafkaServer extends Server<ServerEvents> implements CustomTransportStrategy {
  /** Bytes of requests in flight. */
  readonly budget: ByteBudget;

  private readonly server: NetServer;
  private readonly connections = new Set<Connection>();
  private readonly environment: ConnectionEnvironment;
  private readonly stopper = new AbortController();
  private nextConnectionId = 1;
  private sweep: Timer | undefined;
  private closing: Promise<void> | undefined;
  private onLastConnectionGone: () => void = () => undefined;

  constructor(
    handler: FrameHandler,
    private readonly options: KafkaServerOptions,
    private readonly log: Logger,
    private readonly clock: Clock = systemClock,
    private readonly observer: ConnectionObserver = unobserved,
  ) {
    super();
    this.budget = new ByteBudget(options.maxBufferBytes);
    const limits = { ...DEFAULT_CONNECTION_LIMITS, ...options.connection };
    // Every long poll listens to it.
    setMaxListeners(0, this.stopper.signal);
    const shutdown = this.stopper.signal;
    this.environment = { handler, budget: this.budget, shutdown, limits, clock, logger: log, observer };
    this.server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS });
    this.server.maxConnections = options.maxConnections;
    this.server.on('connection', (socket) => this.accept(socket));
    this.server.on('drop', (client) => this.turnedAway(client?.remoteAddress));
    // Without a listener an error would end the process.
    this.server.on('error', (err) => this.log.error({ event: 'listener_error', err }, 'Kafka listener failed'));
  }

  get maxConnections(): number {
    return this.options.maxConnections;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** @throws Error unless the server is listening */
  get address(): AddressInfo {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the Kafka server is not listening');
    return address;
  }

  /** Calls back once: without an argument when clients can connect, with the error if they never will. */
  override listen(callback: (error?: Error) => void): void {
    const { host, port } = this.options;
    const failed = (error: Error) => {
      this.server.off('listening', listening);
      callback(error);
    };
    const listening = () => {
      this.server.off('error', failed);
      this.armSweep();
      callback();
    };
    this.server.once('error', failed);
    this.server.once('listening', listening);
    this.server.listen({ port, host });
  }

  /**
   * Stops: accepts no connection and reads no request any more, ends long polls, and ends each connection when the
   * requests that were accepted are answered, or when the time for that is over. Never rejects.
   */
  override close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  override on<E extends keyof ServerEvents>(event: E, callback: ServerEvents[E]): void {
    this.server.on(event as string, callback);
  }

  /** Gives Nest's `unwrap` the `net.Server`. */
  override unwrap(): never {
    return this.server as never;
  }

  private accept(socket: Socket): void {
    this.observer.connectionOpened();
    const connection = new Connection(this.nextConnectionId++, socket, this.environment);
    this.connections.add(connection);
    socket.once('close', () => {
      this.connections.delete(connection);
      if (this.connections.size === 0) this.onLastConnectionGone();
    });
    if (this.closing !== undefined) connection.finish();
  }

  private turnedAway(client: string | undefined): void {
    const { maxConnections } = this.options;
    this.observer.connectionRejected('limit');
    this.log.warn({ event: 'connection_turned_away', client, maxConnections }, 'Too many connections');
  }

  private async shutDown(): Promise<void> {
    this.server.close();
    const allGone = new Promise<void>((resolve) => (this.onLastConnectionGone = resolve));
    for (const connection of this.connections) connection.finish();
    this.stopper.abort();
    const deadline = this.clock.setTimer(this.options.drainTimeoutMs, () => this.destroyAll());
    if (this.connections.size > 0) await allGone;
    deadline.cancel();
    this.sweep?.cancel();
  }

  private destroyAll(): void {
    this.log.warn({ event: 'drain_timeout', connections: this.connections.size }, 'Connections closed unanswered');
    for (const connection of this.connections) connection.destroy();
  }

  /** One timer for all connections: their time limits are long compared to its period. */
  private armSweep(): void {
    this.sweep = this.clock.setTimer(SWEEP_INTERVAL_MS, () => {
      this.sweepConnections();
      this.armSweep();
    });
  }

  private sweepConnections(): void {
    for (const connection of this.connections) connection.checkDeadlines();
  }
}
