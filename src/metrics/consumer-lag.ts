import { Gauge, type Registry } from 'prom-client';
import { Gauges } from './gauges.js';
import { labelText } from './label-text.js';

/** Injection token of {@link PartitionEnds}. */
export const PARTITION_ENDS = Symbol('PartitionEnds');

/** The offset after the last record that consumers of a partition can see; undefined where this broker doesn't know it. */
export type PartitionEnds = (topicId: string, partition: number) => number | undefined;

/** Where a group is in a partition. */
export interface Position {
  readonly topicId: string;
  readonly partition: number;
  /** The next offset to consume. */
  readonly offset: number;
}

export interface GroupPosition extends Position {
  readonly group: string;
  /** Name of the topic. */
  readonly topic: string;
}

/** What the coordinator knows of groups. */
export interface GroupsState {
  readonly size: number;
  positions(): Iterable<GroupPosition>;
}

/** How many records of a partition a group has still to consume; undefined where this broker doesn't know. */
export function lagOf({ topicId, partition, offset }: Position, ends: PartitionEnds): number | undefined {
  const end = ends(topicId, partition);
  return end === undefined ? undefined : Math.max(0, end - offset);
}

/** How far behind groups are. */
export interface LagSurvey {
  /** The most records that any group has to go in a partition. */
  readonly longest: number;
  /** Records that each group has to go in the partitions of each topic, the largest first. */
  readonly byGroupAndTopic: readonly { readonly group: string; readonly topic: string; readonly lag: number }[];
  /** Partitions with committed offsets whose ends are not known here: other brokers lead them. */
  readonly unknown: number;
}

export function surveyLag(positions: Iterable<GroupPosition>, ends: PartitionEnds): LagSurvey {
  let longest = 0;
  let unknown = 0;
  const sums = new Map<string, { group: string; topic: string; lag: number }>();
  for (const position of positions) {
    const lag = lagOf(position, ends);
    if (lag === undefined) {
      unknown += 1;
      continue;
    }
    longest = Math.max(longest, lag);
    const group = labelText(position.group);
    const key = JSON.stringify([group, position.topic]);
    const sum = sums.get(key) ?? { group, topic: position.topic, lag: 0 };
    sum.lag += lag;
    sums.set(key, sum);
  }
  const byGroupAndTopic = [...sums.values()].sort((one, other) => other.lag - one.lag);
  return { longest, byGroupAndTopic, unknown };
}

const NOTHING: LagSurvey = { longest: 0, byGroupAndTopic: [], unknown: 0 };

/** Series of a scrape at most: whoever can commit offsets can make up groups. */
const MOST_SERIES = 1000;

/** Consumer groups, and how far behind they are. */
export function addGroupGauges(registry: Registry, groups: GroupsState, ends: PartitionEnds): void {
  let survey = NOTHING;
  // First: metrics are collected in the order in which they were added, and the others show the same survey.
  new Gauge({
    name: 'kafscale_consumer_group_lag',
    help: 'Records that a group has still to consume in the partitions of a topic that this broker leads, by its committed offsets',
    labelNames: ['group', 'topic'],
    registers: [registry],
    collect() {
      survey = surveyLag(groups.positions(), ends);
      this.reset();
      for (const { group, topic, lag } of survey.byGroupAndTopic.slice(0, MOST_SERIES)) this.set({ group, topic }, lag);
    },
  });
  const gauges = new Gauges(registry);
  gauges.add('kafscale_consumer_lag_max', 'Most records that any group has still to consume in a partition', () => {
    return survey.longest;
  });
  gauges.add(
    'kafscale_consumer_group_lag_hidden_series',
    `Series that kafscale_consumer_group_lag leaves out: it has ${MOST_SERIES} at most, those of the largest lags`,
    () => Math.max(0, survey.byGroupAndTopic.length - MOST_SERIES),
  );
  gauges.add(
    'kafscale_consumer_lag_unknown_partitions',
    'Partitions with committed offsets whose lag this broker does not know, as another one leads them',
    () => survey.unknown,
  );
  gauges.add('kafscale_groups', 'Consumer groups that this broker coordinates', () => groups.size);
}
