import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';

const LATEST = -1n;
const DEADLINE_MS = 15_000;

/**
 * Makes a topic and waits until all of its partitions have a leader.
 *
 * @throws {Error} when it exists, or has no leaders within 15 s
 */
export async function createTopic(bootstrap: string, topic: string, partitions: number): Promise<void> {
  await withAdmin(bootstrap, (admin) => admin.createTopics({ topics: [topic], partitions, replicas: 1 }));
  await waitForRecords(bootstrap, topic, partitions, 0);
}

/**
 * Waits until a topic's partitions hold so many records in all: for producers that don't wait for an answer.
 *
 * @throws {Error} when that takes longer than 15 s
 */
export async function waitForRecords(
  bootstrap: string,
  topic: string,
  partitions: number,
  count: number,
): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const state = await countRecords(admin, topic, partitions).catch((error: unknown) => error);
      if (typeof state === 'number' && state >= count) return;
      if (performance.now() > deadline) {
        throw new Error(`${topic} does not hold ${count} records: ${String(state)}`, { cause: state });
      }
      await delay(50);
    }
  });
}

/** Counts from offset 0: the topics of the tests lose no records. */
async function countRecords(admin: Admin, topic: string, partitions: number): Promise<number> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST }));
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
  return listed!.partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
}

async function withAdmin<T>(bootstrap: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'kafscale-tests', bootstrapBrokers: [bootstrap] });
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}
