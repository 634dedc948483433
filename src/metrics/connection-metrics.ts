import { Counter, type Registry } from 'prom-client';

/**
 * Why the broker ended a connection: it had too many (`limit`), the client sent what has no answer (`protocol`), or it was idle,
 * or too slow (`timeout`).
 */
export const REJECTIONS = ['limit', 'protocol', 'timeout'] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** What is counted of the connections of Kafka clients. */
export class ConnectionMetrics {
  private readonly opened: Counter;
  private readonly rejected: Counter<'reason'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.opened = new Counter({
      name: 'kafscale_connections_opened_total',
      help: 'Connections of Kafka clients that were accepted',
      registers,
    });
    this.rejected = new Counter({
      name: 'kafscale_connections_rejected_total',
      help: 'Connections that the broker ended: too many (limit), a request without an answer (protocol), idle or too slow (timeout)',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of REJECTIONS) this.rejected.inc({ reason }, 0);
  }

  connectionOpened(): void {
    this.opened.inc();
  }

  connectionRejected(reason: Rejection): void {
    this.rejected.inc({ reason });
  }
}
