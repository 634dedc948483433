import type { Logger } from '../logging/logger.js';
import { decodeSlotsRecord, encodeSlotsRecord } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY, incarnationKey } from '../metadata/keys.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { backoffDelay } from '../time/backoff.js';
import { sleep, type Clock } from '../time/clock.js';
import type { IncarnationTenant, LiveIncarnation } from './incarnation-tenant.js';

const SLOT_COUNT = 64;

/** Assigns all group slots to this broker, which is the only one: each incarnation takes them when it begins. */
export class SlotClaim implements IncarnationTenant {
  private incarnation: LiveIncarnation | undefined;

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {}

  begin(incarnation: LiveIncarnation): void {
    this.incarnation = incarnation;
    void this.claim(incarnation);
  }

  abandon(): void {
    this.incarnation = undefined;
  }

  private async claim(incarnation: LiveIncarnation): Promise<void> {
    for (let attempt = 0; this.incarnation === incarnation; attempt += 1) {
      try {
        if (await this.tryClaim(incarnation)) return;
      } catch (error) {
        this.logger.warn({ event: 'group_slots_not_claimed', err: error }, 'group slots are not assigned yet');
      }
      await sleep(this.clock, backoffDelay(attempt, this.random));
    }
  }

  /** @returns whether the slots are the incarnation's own */
  private async tryClaim({ id, brokerId }: LiveIncarnation): Promise<boolean> {
    const entry = await this.store.get(GROUP_SLOTS_KEY);
    const last = entry === undefined ? [] : decodeSlotsRecord(entry).slots;
    if (last[0]?.incarnationId === id) return true;
    const slots = Array.from({ length: SLOT_COUNT }, (_, number) => {
      return { brokerId: String(brokerId), epoch: (last[number]?.epoch ?? -1) + 1, incarnationId: id, moveTo: '' };
    });
    const { succeeded } = await this.store.txn({
      compare: [
        { key: incarnationKey(id), exists: true },
        { key: GROUP_SLOTS_KEY, modRevision: entry?.modRevision ?? 0 },
      ],
      success: [{ type: 'put', key: GROUP_SLOTS_KEY, value: encodeSlotsRecord(slots) }],
    });
    return succeeded;
  }
}
