/**
 * DescribeLogDirs (key 35): tells how much space the partitions of a broker take (KIP-113).
 *
 * Versions:
 * - v1 is the oldest served (KIP-896).
 * - v2 is flexible.
 * - v3 adds an error for the whole answer.
 * - v4 adds the size of the volume (KIP-827).
 * - v5 tells whether a directory takes no new partitions (cordoned).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const DescribeLogDirs = defineApi({
  key: 35,
  name: 'DescribeLogDirs',
  versions: '1-5',
  flexible: '2+',
  request: {
    /** Null for all. */
    topics: array(
      'all',
      {
        topic: string(),
        partitions: array('all', 'int32'),
      },
      { nullable: true },
    ),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16('3+', { ignorable: true }),
    results: array('all', {
      errorCode: int16(),
      /** An absolute path on brokers with disks. */
      logDir: string(),
      topics: array('all', {
        name: string(),
        partitions: array('all', {
          partitionIndex: int32(),
          /** In bytes. */
          partitionSize: int64(),
          /** The log end behind the high watermark, or a future log behind the current one. */
          offsetLag: int64(),
          /** Whether the log will replace another one when it has caught up. */
          isFutureKey: bool(),
        }),
      }),
      /** -1 when unknown. */
      totalBytes: int64('4+', { default: -1, ignorable: true }),
      /** -1 when unknown. */
      usableBytes: int64('4+', { default: -1, ignorable: true }),
      isCordoned: bool('5+', { default: false, ignorable: true }),
    }),
  },
});

export type DescribeLogDirsRequest = RequestOf<typeof DescribeLogDirs>;
export type DescribeLogDirsResponse = ResponseOf<typeof DescribeLogDirs>;
