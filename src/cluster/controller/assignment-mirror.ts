import type { Logger } from '../../logging/logger.js';
import { parseKey } from '../../metadata/keys.js';
import type { KeyValue } from '../../metadata/metadata-store.js';
import { decodeAssignmentRecord, isClaimed, type StoredAssignment } from '../../metadata/partition-assignment.js';
import type { Topic } from '../../metadata/topic.js';
import type { Clock } from '../../time/clock.js';
import type { PrefixMirror } from './mirror-prefix.js';
import { historyAfter, nodeIdOf, type MoveHistory } from './move-history.js';
import type { Unit } from './unit.js';

/** A partition as the planner sees it. */
export interface PartitionUnit extends Unit {
  readonly topic: string;
  readonly partition: number;
  /** Undefined when it was never assigned. */
  readonly record: StoredAssignment | undefined;
}

/** A partition with as many tenures isn't moved before a checkpoint has dropped some (commit protocol, rule 7). */
export const MOST_TENURES_TO_MOVE = 8;

/** All assignments, as they were last heard of. */
export class AssignmentMirror implements PrefixMirror {
  /** The newest revision of which all changes are here. */
  revision = 0;
  /** By topic and partition; undefined for a record that can't be read. */
  private topics = new Map<string, Map<number, PartitionUnit | undefined>>();
  private isRelevant = false;

  /** @param onChange told whether something changed that leaders are chosen by */
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onChange: (isRelevant: boolean) => void,
  ) {}

  /** The topic's partitions, but those whose record can't be read: they are left alone. */
  unitsOf({ name, partitionCount }: Topic): PartitionUnit[] {
    const known = this.topics.get(name);
    const units: PartitionUnit[] = [];
    for (let partition = 0; partition < partitionCount; partition += 1) {
      const unit = known?.get(partition);
      if (unit !== undefined) units.push(unit);
      else if (known?.has(partition) !== true) units.push(neverAssigned(name, partition));
    }
    return units;
  }

  reset(entries: readonly KeyValue[]): void {
    const before = this.topics;
    this.topics = new Map();
    for (const entry of entries) this.take(entry, before);
    this.isRelevant = true;
  }

  put(entry: KeyValue): void {
    this.take(entry, this.topics);
  }

  drop(key: string): void {
    const parsed = parseKey(key);
    if (parsed?.type !== 'assignment') return;
    const known = this.topics.get(parsed.topic);
    known?.delete(parsed.partition);
    if (known?.size === 0) this.topics.delete(parsed.topic);
    this.isRelevant = true;
  }

  reached(revision: number): void {
    this.revision = revision;
    const { isRelevant } = this;
    this.isRelevant = false;
    this.onChange(isRelevant);
  }

  private take(entry: KeyValue, earlier: ReadonlyMap<string, ReadonlyMap<number, PartitionUnit | undefined>>): void {
    const parsed = parseKey(entry.key);
    if (parsed?.type !== 'assignment') return;
    const { topic, partition } = parsed;
    const before = earlier.get(topic)?.get(partition);
    const after = this.read(entry, topic, partition, before);
    const known = this.topics.get(topic) ?? new Map<number, PartitionUnit | undefined>();
    this.topics.set(topic, known.set(partition, after));
    this.isRelevant ||= before === undefined || after === undefined || !isSameForPlanning(before, after);
  }

  private read(entry: KeyValue, topic: string, partition: number, before: PartitionUnit | undefined) {
    try {
      return unitOf(decodeAssignmentRecord(entry), topic, partition, before, this.clock.monotonic());
    } catch (error) {
      this.logger.error(
        { event: 'assignment_unreadable', topic, partition, err: error },
        'an assignment cannot be read: the partition stays as it is',
      );
      return undefined;
    }
  }
}

function unitOf(
  record: StoredAssignment,
  topic: string,
  partition: number,
  before: PartitionUnit | undefined,
  now: number,
): PartitionUnit {
  const { brokerId, incarnationId, tenures } = record;
  const history: MoveHistory = historyAfter(before && withHistory(before), record, now);
  return {
    topic,
    partition,
    record,
    leader: nodeIdOf(brokerId),
    incarnationId,
    moveTo: nodeIdOf(record.moveTo),
    isMovable: isClaimed(record) && tenures.length < MOST_TENURES_TO_MOVE,
    ...history,
  };
}

function withHistory(unit: PartitionUnit) {
  return unit.record && { record: unit.record, history: unit };
}

function isSameForPlanning(before: PartitionUnit, after: PartitionUnit): boolean {
  return (
    before.leader === after.leader &&
    before.incarnationId === after.incarnationId &&
    before.moveTo === after.moveTo &&
    before.isMovable === after.isMovable
  );
}

function neverAssigned(topic: string, partition: number): PartitionUnit {
  return { topic, partition, record: undefined, ...NEVER_ASSIGNED };
}

/** The planner's side of a unit that nobody has led yet. */
export const NEVER_ASSIGNED: Unit = {
  leader: undefined,
  incarnationId: '',
  moveTo: undefined,
  movingSince: 0,
  isMovable: false,
  restsUntil: 0,
};
