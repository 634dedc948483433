import { Admin, ConfigResourceTypes, Consumer, Producer, stringSerializers } from '@platformatic/kafka';

const MAX_BYTES = 4 * 1024 * 1024;

/** A record as its readers see it. */
export interface ReadRecord {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** Writes values, without keys, to a topic, which is made when it isn't there. */
export async function writeValues(bootstrap: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = new Producer({
    clientId: 'kafscale-tests',
    bootstrapBrokers: [bootstrap],
    serializers: stringSerializers,
    autocreateTopics: true,
  });
  try {
    await producer.send({ messages: values.map((value) => ({ topic, value })) });
  } finally {
    await producer.close();
  }
}

/** All values of a topic: those of each partition in order, partition after partition. Empty when there is no such topic. */
export async function readValues(bootstrap: string, topic: string): Promise<(string | undefined)[]> {
  return (await readTopic(bootstrap, topic)).map(({ value }) => value);
}

/** As {@link readValues}, with keys. */
export async function readTopic(bootstrap: string, topic: string): Promise<ReadRecord[]> {
  if (!(await topicNames(bootstrap)).includes(topic)) return [];
  const consumer = new Consumer({ clientId: 'kafscale-tests', groupId: 'none', bootstrapBrokers: [bootstrap] });
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
    const records: ReadRecord[] = [];
    for (const [partition, end] of ends.entries())
      records.push(...(await readPartition(consumer, topic, partition, end)));
    return records;
  } finally {
    await consumer.close();
  }
}

/** The names of all topics. */
export function topicNames(bootstrap: string): Promise<string[]> {
  return withAdmin(bootstrap, (admin) => admin.listTopics({ includeInternals: true }));
}

/** The `cleanup.policy` of each topic. */
export function cleanupPolicies(bootstrap: string, topics: readonly string[]): Promise<(string | null | undefined)[]> {
  return withAdmin(bootstrap, async (admin) => {
    const resources = topics.map((resourceName) => ({
      ...{ resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys: ['cleanup.policy'] },
    }));
    const described = await admin.describeConfigs({ resources });
    return topics.map((topic) => described.find(({ resourceName }) => resourceName === topic)?.configs[0]?.value);
  });
}

/** How far a group has come in all partitions of a topic together, as far as it has committed that. */
export function committed(bootstrap: string, groupId: string, topic: string): Promise<number> {
  return withAdmin(bootstrap, async (admin) => {
    const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] });
    const partitions = group?.topics.find(({ name }) => name === topic)?.partitions ?? [];
    return partitions.reduce((sum, { committedOffset }) => sum + Math.max(0, Number(committedOffset)), 0);
  });
}

async function withAdmin<T>(bootstrap: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'kafscale-tests', bootstrapBrokers: [bootstrap] });
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}

async function readPartition(consumer: Consumer, topic: string, partition: number, end: bigint): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  for (let offset = 0n; offset < end;) {
    for (const batch of await fetchFrom(consumer, topic, partition, offset)) {
      for (const { offsetDelta, key, value } of batch.records) {
        const at = batch.firstOffset + BigInt(offsetDelta);
        if (at < offset) continue;
        offset = at + 1n;
        records.push({ key: textOf(key), value: textOf(value) });
      }
    }
  }
  return records;
}

async function fetchFrom(consumer: Consumer, topic: string, partition: number, offset: bigint) {
  const { id, partitions } = (await consumer.metadata({ topics: [topic] })).topics.get(topic)!;
  const wanted = {
    ...{ partition, fetchOffset: offset, partitionMaxBytes: MAX_BYTES },
    ...{ currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset: -1n },
  };
  const { responses } = await consumer.fetch({
    ...{ node: partitions[partition]!.leader, minBytes: 1, maxBytes: MAX_BYTES, maxWaitTime: 500 },
    topics: [{ topicId: id, partitions: [wanted] }],
  });
  return responses[0]?.partitions[0]?.records ?? [];
}

/** What is null on the wire comes as null or undefined. */
function textOf(bytes: Buffer | null | undefined): string | undefined {
  return bytes?.toString();
}
