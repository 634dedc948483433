import type { Logger } from '../../logging/logger.js';
import { ASSIGNMENTS_PREFIX, GROUP_SLOTS_KEY } from '../../metadata/keys.js';
import type { MetadataStore, Watch } from '../../metadata/metadata-store.js';
import type { Topic } from '../../metadata/topic.js';
import type { Clock } from '../../time/clock.js';
import { AssignmentMirror, type PartitionUnit } from './assignment-mirror.js';
import { awaitsOthers, COLD_START_MS } from './cold-start.js';
import { MemberMirror } from './member-mirror.js';
import { mirrorPrefix } from './mirror-prefix.js';
import { planUnits, type Plan } from './plan.js';
import { SlotMirror, type SlotUnit } from './slot-mirror.js';

/** The cluster's topics, as far as is known here. */
export interface TopicList {
  all(): readonly Topic[];
  /** Changes whenever a topic does. */
  readonly version: number;
  onChange(listener: () => void): () => void;
}

export interface MoveLimits {
  /** Partitions that may be moving at a time. */
  readonly partitions: number;
  /** Group slots that may be moving at a time. */
  readonly slots: number;
}

/** All that leaders are chosen by, mirrored from the metadata store for as long as this broker is the controller. */
export class ClusterState {
  readonly members: MemberMirror;
  readonly assignments: AssignmentMirror;
  readonly slots: SlotMirror;
  private watches: Watch[] = [];
  private topicsVersion = -1;
  /** When the mirrors were begun to fill, monotonic ms. */
  private readonly beganAt: number;
  private stopListening: () => void = () => undefined;

  /** @param onChange told whether something changed that leaders are chosen by */
  constructor(
    private readonly topics: TopicList,
    private readonly clock: Clock,
    logger: Logger,
    private readonly onChange: (isRelevant: boolean) => void,
  ) {
    this.beganAt = clock.monotonic();
    this.members = new MemberMirror(logger, () => onChange(true));
    this.assignments = new AssignmentMirror(clock, logger, onChange);
    this.slots = new SlotMirror(clock, logger, () => onChange(true));
  }

  /** Resolves when all is here. @throws MetadataStoreError when it is closed before */
  async start(store: MetadataStore): Promise<void> {
    this.watches = [
      ...this.members.start(store),
      mirrorPrefix(store, ASSIGNMENTS_PREFIX, this.assignments),
      mirrorPrefix(store, GROUP_SLOTS_KEY, this.slots),
    ];
    this.stopListening = this.topics.onChange(() => this.hearTopics());
    await Promise.all(this.watches.map(({ ready }) => ready));
  }

  close(): void {
    this.stopListening();
    for (const watch of this.watches) watch.close();
  }

  /** @param maxMoves that may be under way at a time */
  planPartitions(maxMoves: number): Plan<PartitionUnit> {
    this.topicsVersion = this.topics.version;
    return this.plan(
      this.topics.all().map((topic) => this.assignments.unitsOf(topic)),
      maxMoves,
    );
  }

  planSlots(maxMoves: number): Plan<SlotUnit> {
    return this.plan([this.slots.units()], maxMoves);
  }

  private plan<U extends PartitionUnit | SlotUnit>(groups: readonly (readonly U[])[], maxMoves: number): Plan<U> {
    const brokers = this.members.brokers();
    const now = this.clock.monotonic();
    const isLive = (incarnationId: string) => this.members.isLive(incarnationId);
    const plan = planUnits({ brokers, isLive, groups, now, maxMoves });
    if (!awaitsOthers(plan, brokers, now - this.beganAt)) return plan;
    return { ...plan, assignments: [], moves: [], nextAt: this.beganAt + COLD_START_MS };
  }

  /** The catalogue also tells of changes that aren't of topics themselves. */
  private hearTopics(): void {
    if (this.topics.version !== this.topicsVersion) this.onChange(true);
  }
}
