import { Metadata } from '../../src/protocol/schema/index.js';
import { bodyOf, Connection, frameOf } from './connection.js';
import type { OpenConnectionsJob, Results } from './jobs.js';
import { summarize } from './latencies.js';

const METADATA_VERSION = 12;

/** Connections that live on from one job to the next. */
export class HeldConnections {
  private connections: Connection[] = [];

  async open({ bootstrap, connections }: OpenConnectionsJob): Promise<Results['open-connections']> {
    const startedAt = performance.now();
    this.connections = await Connection.openMany(bootstrap, connections);
    return { seconds: (performance.now() - startedAt) / 1000 };
  }

  /** Sends a request on each, all at the same time. @throws {Error} unless all are answered */
  async ask(): Promise<Results['ask-connections']> {
    const frame = frameOf(Metadata, METADATA_VERSION, { topics: [] });
    const startedAt = performance.now();
    const samples = await Promise.all(
      this.connections.map(async (connection) => {
        const { brokers } = bodyOf(Metadata, METADATA_VERSION, await connection.exchange(frame));
        if (brokers.length === 0) throw new Error('an answer names no broker');
        return performance.now() - startedAt;
      }),
    );
    return { answered: samples.length, latency: summarize(samples) };
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    this.connections = [];
  }
}
