import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { isPromise } from 'node:util/types';
import type { Logger } from '../../logging/logger.js';
import type { Clock, Timer } from '../../time/clock.js';
import type { ByteBudget, Reservation } from './byte-budget.js';
import { CloseConnection } from './close-connection.js';
import type { ConnectionLimits } from './connection-limits.js';
import type { ConnectionObserver } from './connection-observer.js';
import type { Answer, ClientConnection, FrameHandler } from './frame-handler.js';
import { FrameReader, type FrameSink } from './frame-reader.js';
import { type Outcome, ResponseQueue, type ResponseSlot } from './response-queue.js';

/** What the connections of one server have in common. */
export interface ConnectionEnvironment {
  readonly handler: FrameHandler;
  readonly budget: ByteBudget;
  /** Aborted when the server stops. */
  readonly shutdown: AbortSignal;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: ConnectionObserver;
}

/**
 * One client connection: reads requests, has them handled in the order in which they come, many at a time, and sends
 * the answers in that order.
 *
 * It stops reading, and so slows its client down, while the client has too many requests or bytes in flight, doesn't
 * take its responses in, or is throttled, and while the broker holds as many bytes of requests as it may.
 */
export class Connection implements ClientConnection, FrameSink {
  readonly clientHost: string;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;

  private readonly reader: FrameReader;
  private readonly responses = new ResponseQueue();
  private readonly aborter = new AbortController();
  /** Bytes for the frame that is being read. */
  private reservation: Reservation | undefined;
  private stopWaiting: (() => void) | undefined;
  private throttle: Timer | undefined;
  private corked = false;
  private hasAsked = false;
  /** No more requests are read; the connection ends when those in flight are answered. */
  private finishing = false;
  private lastActivity: number;
  private frameSince: number | undefined;
  private unsentSince: number | undefined;
  private endedSince: number | undefined;

  constructor(
    readonly id: number,
    private readonly socket: Socket,
    private readonly env: ConnectionEnvironment,
  ) {
    this.clientHost = socket.remoteAddress ?? '';
    this.clientPort = socket.remotePort ?? 0;
    this.localAddress = socket.localAddress ?? '';
    this.localPort = socket.localPort ?? 0;
    this.lastActivity = env.clock.monotonic();
    this.reader = new FrameReader(this, env.limits.maxFrameBytes);
    // Every long poll of the client listens to it.
    setMaxListeners(0, this.closed);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('drain', () => this.drained());
    // A reset by the client; 'close' follows.
    socket.on('error', (err) => this.log('debug', 'connection_error', err.message));
    socket.on('close', () => this.forget());
  }

  get closed(): AbortSignal {
    return this.aborter.signal;
  }

  get shutdown(): AbortSignal {
    return this.env.shutdown;
  }

  /**
   * Reads no more requests, and ends the connection once those in flight are answered and the answers are sent. One on
   * which nothing was asked yet is reset: some clients take an orderly end there for a wrong setting, and give up.
   */
  finish(): void {
    if (this.finishing) return;
    this.finishing = true;
    this.stopReading();
    if (this.hasAsked) this.endIfAnswered();
    else this.socket.resetAndDestroy();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Closes the connection if one of its time limits has passed. Called about once a second. */
  checkDeadlines(): void {
    const now = this.env.clock.monotonic();
    const { idleTimeoutMs, frameTimeoutMs, writeTimeoutMs, lingerMs } = this.env.limits;
    const passed = (since: number | undefined, limit: number) => since !== undefined && now - since >= limit;
    if (passed(this.endedSince, lingerMs)) this.destroy();
    else if (passed(this.unsentSince, writeTimeoutMs)) this.expire('client does not take its responses in');
    else if (passed(this.frameSince, frameTimeoutMs)) this.expire('request did not arrive in time');
    else if (this.responses.length === 0 && passed(this.lastActivity, idleTimeoutMs)) this.expire('idle');
  }

  /** Called by the frame reader before it allocates a frame. */
  admit(frameBytes: number): boolean {
    if (this.mustWait(frameBytes)) {
      this.leaveBudget();
      return false;
    }
    if (this.reservation !== undefined) return true;
    this.reservation = this.env.budget.tryAcquire(frameBytes, this.responses.length === 0);
    if (this.reservation === undefined) {
      this.stopWaiting ??= this.env.budget.wait(frameBytes, (reservation) => {
        this.stopWaiting = undefined;
        this.reservation = reservation;
        this.proceed();
      });
      return false;
    }
    this.stopWaiting?.();
    this.stopWaiting = undefined;
    return true;
  }

  /** Called by the frame reader with each whole frame. */
  frame(frame: Buffer): void {
    const reservation = this.reservation;
    if (reservation === undefined) throw new Error('a frame was read without a reservation');
    this.reservation = undefined;
    this.frameSince = undefined;
    this.hasAsked = true;
    const slot = this.responses.open(reservation);
    try {
      const outcome = this.env.handler.handleFrame(frame, this);
      if (isPromise(outcome)) {
        outcome.then(
          (answer) => this.settle(slot, answer),
          (error: unknown) => this.fail(slot, error),
        );
      } else {
        this.settle(slot, outcome);
      }
    } catch (error) {
      this.fail(slot, error);
    }
  }

  private mustWait(frameBytes: number): boolean {
    const { maxInFlightRequests, maxInFlightBytes } = this.env.limits;
    const inFlight = this.responses.length;
    return (
      this.finishing ||
      this.throttle !== undefined ||
      this.socket.writableNeedDrain ||
      inFlight >= maxInFlightRequests ||
      (inFlight > 0 && this.responses.inFlightBytes + frameBytes > maxInFlightBytes)
    );
  }

  /** A connection that must wait for itself leaves the budget to others. */
  private leaveBudget(): void {
    this.stopWaiting?.();
    this.stopWaiting = undefined;
    this.reservation?.release();
    this.reservation = undefined;
  }

  private receive(chunk: Buffer): void {
    if (this.finishing) return;
    this.lastActivity = this.env.clock.monotonic();
    this.read(() => this.reader.push(chunk));
  }

  /** Goes on reading if what held it up is gone. */
  private proceed(): void {
    if (this.finishing || !this.reader.isBlocked) return;
    this.read(() => this.reader.resume());
  }

  private read(step: () => void): void {
    try {
      step();
    } catch (error) {
      // The stream is out of step for good: no further request can be found in it.
      this.refuse(error);
      return;
    }
    if (this.reader.isBlocked) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
    this.frameSince = this.reader.isMidFrame ? (this.frameSince ?? this.env.clock.monotonic()) : undefined;
  }

  private settle(slot: ResponseSlot, outcome: Outcome): void {
    slot.settled = true;
    slot.outcome = outcome;
    if (outcome === undefined || slot.abandoned) slot.reservation.release();
    if (!slot.abandoned) this.flush();
  }

  private fail(slot: ResponseSlot, error: unknown): void {
    this.refuse(error);
    this.settle(slot, error instanceof CloseConnection ? error : new CloseConnection('internal error'));
  }

  /** Sends what is next in order, as far as it is there. */
  private flush(): void {
    for (let slot = this.responses.takeSettled(); slot !== undefined; slot = this.responses.takeSettled()) {
      const { outcome, reservation } = slot;
      if (outcome instanceof CloseConnection) this.responses.abandon();
      else if (outcome !== undefined) this.send(outcome);
      // Last: it may let this very connection read on, and come back here.
      reservation.release();
    }
    this.endIfAnswered();
    this.proceed();
  }

  private send({ chunks, throttleMs }: Answer): void {
    const { socket } = this;
    if (!socket.writable) return;
    this.cork();
    for (const chunk of chunks) socket.write(chunk);
    this.lastActivity = this.env.clock.monotonic();
    if (socket.writableNeedDrain) this.unsentSince ??= this.lastActivity;
    if (throttleMs > 0 && !this.finishing) this.holdFor(throttleMs);
  }

  /** Everything written in this turn of the event loop goes out in one system call. */
  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    this.socket.cork();
    process.nextTick(() => {
      this.corked = false;
      this.socket.uncork();
    });
  }

  private holdFor(throttleMs: number): void {
    this.throttle?.cancel();
    this.throttle = this.env.clock.setTimer(throttleMs, () => {
      this.throttle = undefined;
      this.proceed();
    });
  }

  private drained(): void {
    this.unsentSince = undefined;
    this.proceed();
  }

  private expire(reason: string): void {
    this.env.observer.connectionRejected('timeout');
    this.log('info', 'connection_expired', reason);
    this.destroy();
  }

  /** The client has sent what has no answer: the connection ends once the requests before it are answered. */
  private refuse(error: unknown): void {
    this.env.observer.connectionRejected('protocol');
    if (error instanceof CloseConnection) this.log('info', 'connection_refused', error.message);
    else this.env.logger.error({ event: 'request_failed', connection: this.id, err: error }, 'Request failed');
    this.finish();
    this.aborter.abort();
  }

  private endIfAnswered(): void {
    if (!this.finishing || this.responses.length > 0 || this.endedSince !== undefined) return;
    // What the client still sends is read and dropped: closing on it would reset the connection, and the reset could
    // overtake the last answers.
    this.socket.resume();
    this.unsentSince ??= this.env.clock.monotonic();
    this.socket.end(() => (this.endedSince ??= this.env.clock.monotonic()));
  }

  private stopReading(): void {
    this.throttle?.cancel();
    this.throttle = undefined;
    this.reader.discard();
    this.frameSince = undefined;
    this.leaveBudget();
  }

  private forget(): void {
    this.finishing = true;
    this.stopReading();
    this.aborter.abort();
    this.responses.abandon();
  }

  private log(level: 'debug' | 'info', event: string, reason: string): void {
    const { id, clientHost, clientPort } = this;
    this.env.logger[level]({ event, connection: id, client: `${clientHost}:${clientPort}`, reason }, 'Connection ends');
  }
}
