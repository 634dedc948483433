import fc from 'fast-check';
import { encodeRequest } from '../../src/protocol/codec/index.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { Compression } from '../../src/protocol/records/compression.js';
import { apis, Produce } from '../../src/protocol/schema/index.js';
import { anyBatch } from '../support/batch-arbitraries.js';
import { anyStruct } from '../support/message-arbitraries.js';

/** Valid requests of every version of every API, as frames without their size. */
export function requestCorpus(seed: number): Buffer[] {
  const frames: Buffer[] = [];
  for (const api of apis) {
    for (let version = api.versions.min; version <= api.versions.max; version++) {
      for (const body of fc.sample(anyStruct(api.request.fields, version), { seed, numRuns: 4 })) {
        frames.push(withoutSize(encodeRequest(api, version, frames.length, 'fuzz', body)));
      }
    }
  }
  const topicData = batchCorpus(seed).map((records, index) => ({
    name: 'topic',
    partitionData: [{ index, records }],
  }));
  for (let version = Produce.versions.min; version <= Produce.versions.max; version++) {
    frames.push(withoutSize(encodeRequest(Produce, version, 1, 'fuzz', { acks: -1, timeoutMs: 1, topicData })));
  }
  return frames;
}

/** Valid batches in every codec. */
export function batchCorpus(seed: number): Buffer[] {
  return Object.values(Compression).flatMap((compression) =>
    fc.sample(anyBatch, { seed, numRuns: 12 }).map((batch) => buildRecordBatch({ ...batch, compression })),
  );
}

function withoutSize(chunks: readonly Buffer[]): Buffer {
  return Buffer.concat(chunks).subarray(4);
}
