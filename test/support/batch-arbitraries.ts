import fc from 'fast-check';
import type { NewBatch } from '../../src/protocol/records/build-batch.js';
import { Compression } from '../../src/protocol/records/compression.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** Any record a client may write, with timestamps around now. */
export const anyRecord = fc.record({
  key: fc.option(bytes(40)),
  value: fc.option(bytes(200)),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 10 }), value: fc.option(bytes(20)) }), { maxLength: 3 }),
});

export const anyCompression = fc.constantFrom(...Object.values(Compression));

/** Any batch that a broker accepts from a client. */
export const anyBatch: fc.Arbitrary<NewBatch> = fc
  .record({
    records: fc.array(anyRecord, { minLength: 1, maxLength: 12 }),
    compression: anyCompression,
    idempotent: fc.boolean(),
    producerId: fc.nat(2 ** 31 - 1),
    producerEpoch: fc.nat(32767),
    baseSequence: fc.nat(2 ** 31 - 1),
    isTransactional: fc.boolean(),
  })
  .map(({ idempotent, producerId, producerEpoch, baseSequence, ...batch }) =>
    idempotent ? { ...batch, producerId, producerEpoch, baseSequence } : batch,
  );
