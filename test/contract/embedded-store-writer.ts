/**
 * Run as a process of its own: opens the embedded metadata store at the path that is its argument, counts up in it for
 * as long as it lives, and prints each number once it is committed.
 */
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';

const store = EmbeddedMetadataStore.open(process.argv[2]!, silentLogger);
const lease = await store.grantLease(10_000);
await store.txn({ compare: [], success: [{ type: 'put', key: 'leased', value: Buffer.from(''), lease }] });
for (let count = 1; ; count++) {
  await store.txn({ compare: [], success: [{ type: 'put', key: 'count', value: Buffer.from(String(count)) }] });
  process.stdout.write(`${count}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
