import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { reset } from './reset.js';

/** A TCP proxy that tests put before a server to play with the network between. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  /** Of the sockets, those to the server. */
  private readonly targets = new Set<Socket>();
  private readonly events = new EventEmitter();
  private targetPort: number;
  private latencyMs = 0;
  private state: 'open' | 'cut' | 'frozen' | 'holding answers' = 'open';

  private constructor(
    private readonly server: Server,
    private readonly serverPort: number,
  ) {
    this.targetPort = serverPort;
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on a free port of 127.0.0.1 and passes everything on to `targetPort`. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetPort);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resets all connections, and every new one, until {@link restore}. */
  cut(): void {
    this.state = 'cut';
    this.resetAll();
  }

  /** Passes nothing on any more, in either direction, but keeps connections open, until {@link restore}. */
  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  /** Passes everything on so much later, in either direction, until {@link restore}. */
  slowDown(latencyMs: number): void {
    this.latencyMs = latencyMs;
  }

  /** Passes requests on, but keeps all answers back, until {@link restore}. Resolves when a request has passed. */
  async holdAnswers(): Promise<void> {
    this.state = 'holding answers';
    for (const target of this.targets) target.pause();
    await once(this.events, 'request');
  }

  /** Resets all connections; new ones go to another server, until {@link restore}. */
  divertTo(port: number): void {
    this.targetPort = port;
    this.resetAll();
  }

  restore(): void {
    this.state = 'open';
    this.latencyMs = 0;
    if (this.targetPort !== this.serverPort) {
      this.targetPort = this.serverPort;
      this.resetAll();
    }
    for (const socket of this.sockets) socket.resume();
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private resetAll(): void {
    for (const socket of this.sockets) reset(socket);
  }

  private accept(client: Socket): void {
    if (this.state === 'cut') {
      reset(client);
      return;
    }
    const target = connect({ port: this.targetPort, host: '127.0.0.1' });
    this.targets.add(target);
    target.on('close', () => this.targets.delete(target));
    this.join(client, target);
    this.join(target, client);
    client.on('data', () => this.events.emit('request'));
    if (this.state === 'frozen') client.pause();
    if (this.state !== 'open') target.pause();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    /** While something is on its way, what comes later waits behind it. */
    let onTheWay: Promise<void> | undefined;
    from.on('data', (chunk) => {
      if (this.latencyMs === 0 && onTheWay === undefined) {
        to.write(chunk);
        return;
      }
      const due = performance.now() + this.latencyMs;
      const passed = (onTheWay ?? Promise.resolve()).then(async () => {
        await delay(Math.max(0, due - performance.now()));
        to.write(chunk);
        if (onTheWay === passed) onTheWay = undefined;
      });
      onTheWay = passed;
    });
    // A server that is away, or a reset, looks the same from the other side: an orderly end would mean that it hung up.
    from.on('error', () => reset(to));
    from.on('close', () => {
      this.sockets.delete(from);
      // What was said last still arrives.
      if (onTheWay === undefined) to.destroySoon();
      else void onTheWay.then(() => to.destroySoon());
    });
  }
}
