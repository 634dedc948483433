import type { Logger } from '../logging/logger.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock, Timer } from '../time/clock.js';
import type { CommittedOffset } from './committed-offset.js';
import type { Group } from './group.js';
import type { GroupDirectory } from './group-directory.js';
import { EXPIRY_INTERVAL_MS, type GroupOptions } from './group-options.js';
import type { OffsetCoordinator } from './offset-coordinator.js';

/**
 * Removes offsets that have outlived their use (KIP-211), and groups that have nothing left:
 *
 * - in a group without members, all offsets a retention time after the last one left; in a group that never had any, a
 *   retention time after each commit;
 * - in a stable consumer group, those of topics that nobody consumes, a retention time after the commit;
 * - everywhere, those of topics that were deleted.
 */
export class OffsetExpiry {
  private timer: Timer | undefined;

  constructor(
    private readonly directory: GroupDirectory,
    private readonly offsets: OffsetCoordinator,
    private readonly options: Pick<GroupOptions, 'offsetsRetentionMs'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = this.clock.setTimer(EXPIRY_INTERVAL_MS, () => {
      this.start();
      void this.sweep();
    });
  }

  stop(): void {
    this.timer?.cancel();
  }

  /** Looks through all groups. Never rejects: what could not be removed is found again the next time. */
  async sweep(): Promise<void> {
    for (const group of [...this.directory.served()]) {
      try {
        if (!group.isBeingDeleted) await this.sweepGroup(group);
      } catch (error) {
        const level = error instanceof KafkaError ? 'debug' : 'error';
        this.logger[level]({ event: 'offset_expiry_failed', group: group.id, err: error }, 'offsets not expired');
      }
    }
  }

  private async sweepGroup(group: Group): Promise<void> {
    const retainedSince = retentionOf(group);
    const expired = [...group.offsets.all()].filter(({ topic, partition, committed }) => {
      if (group.offsets.isBeingWritten(topic, partition)) return false;
      return !this.offsets.isVisible(topic, committed) || this.isExpired(committed, retainedSince(topic, committed));
    });
    const codes = await Promise.all(
      expired.map(({ topic, partition }) => this.offsets.remove(group, topic, partition)),
    );
    const removed = codes.filter((code) => code === ErrorCode.NONE).length;
    if (removed > 0) this.logger.info({ event: 'offsets_expired', group: group.id, removed }, 'offsets expired');
    if (group.membership.isVacant && group.offsets.isUnused && !group.isBeingDeleted)
      await this.directory.delete(group);
  }

  private isExpired({ expiresAt }: CommittedOffset, since: number | undefined): boolean {
    if (since === undefined) return false;
    const now = this.clock.now();
    return expiresAt === undefined ? now - since >= this.options.offsetsRetentionMs : now >= expiresAt;
  }
}

/** Tells from when on the retention of an offset counts, ms; undefined while it is not to expire. */
function retentionOf(group: Group): (topic: string, committed: CommittedOffset) => number | undefined {
  const { membership } = group;
  if (membership.isSimple) return (_topic, { committedAt }) => committedAt;
  if (membership.state === 'Empty') return () => membership.changedAt;
  const isKnown = membership.type === 'consumer' || (membership.state === 'Stable' && group.isConsumerGroup);
  if (!isKnown) return () => undefined;
  const subscriptions = group.subscriptions();
  return (topic, { committedAt }) => (subscriptions?.has(topic) === false ? committedAt : undefined);
}
