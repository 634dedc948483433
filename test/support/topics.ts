import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';

/** Makes topics with the given numbers of partitions and waits until they have leaders. */
export async function createTopics(bootstrap: string, partitions: Readonly<Record<string, number>>): Promise<void> {
  const topics = Object.entries(partitions).map(([topic, numPartitions]) => ({ topic, numPartitions }));
  await withAdmin(bootstrap, (admin) => admin.createTopics({ topics, waitForLeaders: true }));
}

/**
 * Waits until a topic's partitions hold so many records in all: for producers that don't wait for an answer.
 *
 * @throws {Error} when that takes longer than 15 s
 */
export async function waitForRecords(bootstrap: string, topic: string, count: number): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const deadline = performance.now() + 15_000;
    for (;;) {
      const offsets = await admin.fetchTopicOffsets(topic);
      const present = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
      if (present >= count) return;
      if (performance.now() > deadline) throw new Error(`${topic} holds ${present} records, not ${count}`);
      await delay(50);
    }
  });
}

async function withAdmin<T>(bootstrap: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
