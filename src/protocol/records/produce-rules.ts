import { type ErrorCode, KafkaError } from '../errors.js';

/** What a produced batch must satisfy: the topic's configuration and how the request came. */
export interface ProduceRules {
  /** Version of the Produce request. */
  readonly produceVersion: number;
  /** `max.message.bytes`: bound on the whole batch, its header included. */
  readonly maxMessageBytes: number;
  /** `message.timestamp.type` is LogAppendTime. The caller stamps accepted batches itself. */
  readonly logAppendTime: boolean;
  /** Decompress the batch and check every record; otherwise only the header and the CRC are looked at. */
  readonly deep: boolean;
  /** Wall-clock time in ms. */
  readonly now: number;
  /** `message.timestamp.before.max.ms`: how far behind `now` a record's timestamp may be. Deep validation only. */
  readonly timestampBeforeMaxMs: number;
  /** `message.timestamp.after.max.ms`: how far ahead of `now` it may be. */
  readonly timestampAfterMaxMs: number;
  /** `cleanup.policy` has `compact`: every record needs a key. Deep validation only. */
  readonly compacted: boolean;
}

/** One refused record, as `RecordErrors` of a Produce response (version 8 on) reports it. */
export interface RecordError {
  /** Index of the record in its batch. */
  readonly batchIndex: number;
  readonly message: string;
}

/** A batch is refused because of single records in it. */
export class InvalidRecordsError extends KafkaError {
  constructor(
    code: ErrorCode,
    /** The first hundred at most, to bound the response. */
    readonly recordErrors: readonly RecordError[],
  ) {
    super(code, recordErrors[0]?.message);
  }
}
