import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../../src/protocol/errors.js';
import { OffsetFetch } from '../../../src/protocol/schema/index.js';
import type { Recorder } from '../rig/recorder.js';
import { ClusterConnections } from './cluster-connections.js';
import type { LoadPlan } from './load-plan.js';

const OFFSET_FETCH_VERSION = 7;
const INTERVAL_MS = 500;

/** Asks for the committed offsets of a group again and again, from outside the group. */
export class OffsetWatcher {
  private readonly running: Promise<void>;
  private readonly connections: ClusterConnections;
  private stopping = false;

  constructor(
    private readonly plan: Pick<LoadPlan, 'bootstrap' | 'topic' | 'partitions'>,
    private readonly group: string,
    private readonly recorder: Recorder,
  ) {
    this.connections = new ClusterConnections(plan.bootstrap, plan.topic);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.look();
      } catch {
        // A lost connection, or a coordinator that moved.
        this.connections.reset();
      }
      await delay(INTERVAL_MS);
    }
    this.connections.reset();
  }

  private async look(): Promise<void> {
    const { topic, partitions } = this.plan;
    const client = await this.connections.toCoordinator(this.group);
    const askedAt = Date.now();
    const answer = await client.send(OffsetFetch, OFFSET_FETCH_VERSION, {
      groupId: this.group,
      topics: [{ name: topic, partitionIndexes: Array.from({ length: partitions }, (_, index) => index) }],
      requireStable: true,
    });
    if (answer.errorCode !== ErrorCode.NONE) throw new Error(errorName(answer.errorCode));
    const offsets = answer.topics.flatMap((found) =>
      found.partitions
        .filter(({ errorCode }) => errorCode === ErrorCode.NONE)
        .map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset] as const),
    );
    this.recorder.add({ type: 'committed', group: this.group, askedAt, offsets: Object.fromEntries(offsets) });
  }
}
