import { expect, test } from '@jest/globals';
import { seededRandom } from '../../test/support/seeded-random.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { kafscale } from '../generated/metadata.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { commitKey, incarnationKey } from '../metadata/keys.js';
import { decodeIncarnationCommit } from '../metadata/records.js';
import { CommitLog, IncarnationLostError } from './commit-log.js';

const ID = 'inc-1';

test('R2: a commit compares the bytes of the record before it, whatever version that was written in', async () => {
  const store = EmbeddedMetadataStore.inMemory();
  // As an encoder of another version makes it.
  const fields = { incarnationId: ID, committedSequence: 0, brokerId: '1' };
  const commitRecord = Buffer.from(kafscale.metadata.IncarnationCommit.encode(fields).finish());
  const put = (key: string, value: Buffer) => store.txn({ compare: [], success: [{ type: 'put', key, value }] });
  await put(incarnationKey(ID), Buffer.from([]));
  await put(commitKey(ID), commitRecord);
  const incarnation = { id: ID, brokerId: 1, commitRecord };
  const commits = new CommitLog(store, incarnation, new VirtualClock(), seededRandom(1), silentLogger);
  const { signal } = new AbortController();
  await commits.commit(1, signal);
  await commits.commit(3, signal);
  const stored = await store.get(commitKey(ID));
  expect(decodeIncarnationCommit(stored!.value, stored!.key).committedSequence).toBe(3);
  await put(commitKey(ID), commitRecord);
  await expect(commits.commit(4, signal)).rejects.toThrow(IncarnationLostError);
  await store.close();
});
