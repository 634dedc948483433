/** Partitions by the id of their topic. Topics without partitions are not in it. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

/** As requests and responses list them. */
export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export const NO_PARTITIONS: Partitions = new Map();

export function partitionsOf(topics: readonly TopicPartitions[]): Partitions {
  const all = new Map<string, Set<number>>();
  for (const { topicId, partitions } of topics) {
    if (partitions.length === 0) continue;
    const known = all.get(topicId);
    if (known === undefined) all.set(topicId, new Set(partitions));
    else for (const partition of partitions) known.add(partition);
  }
  return all;
}

/** In ascending order within a topic. */
export function listPartitions(all: Partitions): TopicPartitions[] {
  return Array.from(all, ([topicId, partitions]) => ({ topicId, partitions: [...partitions].sort((a, b) => a - b) }));
}

export function filterPartitions(all: Partitions, keeps: (topicId: string, partition: number) => boolean): Partitions {
  const kept = new Map<string, ReadonlySet<number>>();
  for (const [topicId, partitions] of all) {
    const some = [...partitions].filter((partition) => keeps(topicId, partition));
    if (some.length === partitions.size) kept.set(topicId, partitions);
    else if (some.length > 0) kept.set(topicId, new Set(some));
  }
  return kept;
}

export function intersection(a: Partitions, b: Partitions): Partitions {
  return filterPartitions(a, (topicId, partition) => holds(b, topicId, partition));
}

export function difference(a: Partitions, b: Partitions): Partitions {
  return filterPartitions(a, (topicId, partition) => !holds(b, topicId, partition));
}

export function union(a: Partitions, b: Partitions): Partitions {
  if (a.size === 0) return b;
  const all = new Map(a);
  for (const [topicId, partitions] of b) all.set(topicId, new Set([...(a.get(topicId) ?? []), ...partitions]));
  return all;
}

export function isSubset(a: Partitions, b: Partitions): boolean {
  return every(a, (topicId, partition) => holds(b, topicId, partition));
}

export function overlap(a: Partitions, b: Partitions): boolean {
  return !every(a, (topicId, partition) => !holds(b, topicId, partition));
}

export function samePartitions(a: Partitions, b: Partitions): boolean {
  return a === b || (countPartitions(a) === countPartitions(b) && isSubset(a, b));
}

export function countPartitions(all: Partitions): number {
  let count = 0;
  for (const partitions of all.values()) count += partitions.size;
  return count;
}

function holds(all: Partitions, topicId: string, partition: number): boolean {
  return all.get(topicId)?.has(partition) === true;
}

function every(all: Partitions, accepts: (topicId: string, partition: number) => boolean): boolean {
  for (const [topicId, partitions] of all) {
    for (const partition of partitions) if (!accepts(topicId, partition)) return false;
  }
  return true;
}
