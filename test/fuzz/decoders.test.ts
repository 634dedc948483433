import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../src/logging/logger.js';
import {
  decodeRequest,
  decodeRequestHeader,
  MalformedRequestError,
  supportsVersion,
} from '../../src/protocol/codec/index.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { DecompressedSizeError } from '../../src/protocol/records/compression.js';
import { CorruptRecordsError } from '../../src/protocol/records/corrupt-records.js';
import type { ProduceRules } from '../../src/protocol/records/produce-rules.js';
import { batchesIn, BatchLayout, RecordBatch } from '../../src/protocol/records/record-batch.js';
import { recordsOf } from '../../src/protocol/records/records.js';
import { parseProducedBatch } from '../../src/protocol/records/validate.js';
import { apiByKey, apis } from '../../src/protocol/schema/index.js';
import { CloseConnection, Dispatcher, HandlerTable } from '../../src/protocol/transport/index.js';
import { FrameReader } from '../../src/protocol/transport/frame-reader.js';
import { systemClock } from '../../src/time/clock.js';
import { batchCorpus, requestCorpus } from './corpus.js';
import { MemoryWatch } from './memory.js';
import { mutate } from './mutate.js';
import { inputs, Random, SEED } from './random.js';

const MIB = 1024 * 1024;
const MAX_FRAME_BYTES = 64 * 1024;
/** Far more than the garbage collector leaves lying around, far less than any length in the inputs claims. */
const MEMORY_BOUND_BYTES = 300 * MIB;
const BREATH = 1024;
const PATIENCE_MS = 300_000;

/** A number of mutated inputs, each given to `decode`, which may only fail with these errors. */
async function fuzz(
  count: number,
  corpus: readonly Buffer[],
  allowed: readonly (new (...parameters: never[]) => Error)[],
  decode: (input: Buffer, random: Random) => void,
): Promise<{ accepted: number; refused: number; grownBytes: number }> {
  const random = new Random(SEED);
  const memory = new MemoryWatch();
  let accepted = 0;
  let refused = 0;
  for (let run = 0; run < count; run++) {
    const input = mutate(random.pick(corpus), random, corpus);
    try {
      decode(input, random);
      accepted++;
    } catch (error) {
      if (!allowed.some((type) => error instanceof type)) {
        throw new Error(`input ${run} of seed ${SEED}: ${input.toString('hex')}`, { cause: error });
      }
      refused++;
    }
    if (run % BREATH !== 0) continue;
    memory.look();
    // As between the requests of a broker: what Node's codecs hold is given back in the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { accepted, refused, grownBytes: memory.grownBytes };
}

/** Both kinds must occur often, or the fuzzing goes past what it is for. */
function expectSound({ accepted, refused, grownBytes }: Awaited<ReturnType<typeof fuzz>>): void {
  expect(accepted).toBeGreaterThan((accepted + refused) / 100);
  expect(refused).toBeGreaterThan((accepted + refused) / 100);
  expect(grownBytes).toBeLessThan(MEMORY_BOUND_BYTES);
}

const rules: ProduceRules = {
  produceVersion: 9,
  maxMessageBytes: MIB,
  logAppendTime: false,
  deep: true,
  now: 2_000_000_000_000,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: 3_600_000,
  compacted: false,
};

/** Makes length and CRC of a batch right again, so that what is wrong lies deeper. */
function repair(bytes: Buffer): void {
  if (bytes.length < BatchLayout.RECORDS) return;
  bytes.writeInt32BE(bytes.length - BatchLayout.LENGTH_PREFIX, BatchLayout.BATCH_LENGTH);
  bytes.writeInt8(2, BatchLayout.MAGIC);
  bytes.writeUInt32BE(new RecordBatch(bytes).computeCrc(), BatchLayout.CRC);
}

/** Most inputs end in an error, and most of its cost is the stack trace. */
const { stackTraceLimit } = Error;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = stackTraceLimit));

describe(`mutated input (seed ${SEED}) is decoded or refused in the defined way:`, () => {
  test(
    'headers and bodies of requests',
    async () => {
      const result = await fuzz(inputs(600_000), requestCorpus(SEED), [MalformedRequestError], (frame) => {
        const header = decodeRequestHeader(frame);
        const api = apiByKey(header.apiKey);
        if (api === undefined || !supportsVersion(api, header.apiVersion)) return;
        decodeRequest(api, header.apiVersion, frame, header.bodyOffset);
      });
      expectSound(result);
    },
    PATIENCE_MS,
  );

  test(
    'streams of frames, on their way to handlers',
    async () => {
      const table = new HandlerTable();
      for (const api of apis) table.register(api, { handle: () => undefined, errorResponse: () => undefined });
      const dispatcher = new Dispatcher(table, systemClock, silentLogger);
      const signal = new AbortController().signal;
      const address = { clientHost: '', clientPort: 0, localAddress: '', localPort: 0 };
      const connection = { id: 1, closed: signal, shutdown: signal, ...address };
      const corpus = requestCorpus(SEED).map(withSize);
      const sink = {
        admit: () => true,
        frame: (frame: Buffer) => void dispatcher.handleFrame(frame, connection),
      };
      const result = await fuzz(inputs(200_000), corpus, [CloseConnection], (stream, random) => {
        const reader = new FrameReader(sink, MAX_FRAME_BYTES);
        for (let at = 0; at < stream.length;) {
          const size = 1 + random.below(random.below(4) === 0 ? 8 : 2 * stream.length);
          reader.push(stream.subarray(at, at + size));
          at += size;
        }
      });
      expectSound(result);
    },
    PATIENCE_MS,
  );

  test(
    'produced batches, with and without a right CRC',
    async () => {
      const result = await fuzz(inputs(130_000), batchCorpus(SEED), [KafkaError], (batch, random) => {
        if (random.below(4) !== 0) repair(batch);
        parseProducedBatch(batch, { ...rules, deep: random.below(8) !== 0 });
      });
      expectSound(result);
    },
    PATIENCE_MS,
  );

  test(
    'stored batches and their records',
    async () => {
      const damaged = [CorruptRecordsError, DecompressedSizeError];
      const result = await fuzz(inputs(80_000), batchCorpus(SEED), damaged, (bytes, random) => {
        if (random.below(4) !== 0) repair(bytes);
        for (const batch of batchesIn(bytes)) Array.from(recordsOf(batch, MIB));
      });
      expectSound(result);
    },
    PATIENCE_MS,
  );
});

function withSize(frame: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(frame.length);
  return Buffer.concat([size, frame]);
}
