/** `kafscale segment`, as a process of its own, on files and on a bucket. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crc32c } from '../../src/checksum/crc32c.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { S3ObjectStore } from '../../src/storage/s3-object-store.js';
import { segmentFooter, segmentHeader } from '../../src/storage/segment-format.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';
import { describeWithTools } from '../support/tools.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'kafscale.js');
const TIMEOUT_MS = 60_000;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function kafscale(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const records = Array.from({ length: 2000 }, (_, index) => ({ key: null, value: `value ${index}` }));
const batch = buildRecordBatch({ baseOffset: 100, partitionLeaderEpoch: 2, records });
const segment = Buffer.concat([
  segmentHeader({ baseOffset: 100, recordCount: records.length, createdAt: 1_700_000_000_123 }),
  batch,
  segmentFooter({ bodyCrc32c: crc32c(batch), lastOffset: 100 + records.length - 1 }),
]);
const damaged = Buffer.from(segment);
damaged[500] = (damaged[500] ?? 0) ^ 1;

describe('kafscale segment', () => {
  let directory: string;
  let good: string;
  let bad: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kafscale-segment-'));
    [good, bad] = [join(directory, 'good.kfs'), join(directory, 'bad.kfs')];
    await writeFile(good, segment);
    await writeFile(bad, damaged);
  });

  afterAll(async () => rm(directory, { recursive: true, force: true }));

  test(
    'dump prints records, as JSON lines that are complete however long the output is',
    async () => {
      const { code, stdout } = await kafscale(['segment', 'dump', good, '--records', '--json']);
      expect(code).toBe(0);
      const items = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; value?: string });
      expect(items[0]).toMatchObject({ type: 'segment', baseOffset: 100, recordCount: 2000 });
      expect(items.filter(({ type }) => type === 'record').map(({ value }) => value)).toEqual(
        records.map(({ value }) => value),
      );
    },
    TIMEOUT_MS,
  );

  test(
    'verify says that a file is whole, or where it is damaged, by its exit code too',
    async () => {
      expect(await kafscale(['segment', 'verify', good])).toEqual({
        code: 0,
        stdout: `${good}: no damage found\n`,
        stderr: '',
      });
      const { code, stdout } = await kafscale(['segment', 'verify', bad]);
      expect(code).toBe(1);
      expect(stdout.split('\n')).toEqual([
        `DAMAGE @${segment.length - 16} the CRC-32C in the footer is not that of the body`,
        'DAMAGE @32 batch 100 has a CRC-32C other than its bytes',
        '',
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    'what cannot be read gives a sentence and exit code 2',
    async () => {
      const missing = await kafscale(['segment', 'verify', join(directory, 'missing.kfs')]);
      expect(missing).toMatchObject({ code: 2, stdout: '' });
      expect(missing.stderr).toMatch(/missing\.kfs cannot be read: ENOENT.*\n$/);
      const huge = join(directory, 'huge.kfs');
      await writeFile(huge, '');
      await truncate(huge, 2 ** 31);
      expect((await kafscale(['segment', 'verify', huge])).stderr).toMatch(/it has 2147483648 bytes, more than/);
      const { code, stderr } = await kafscale(['segment', 'verify', 's3://bucket']);
      expect([code, stderr]).toEqual([2, 's3://bucket cannot be read: the form is s3://bucket/key\n']);
    },
    TIMEOUT_MS,
  );
});

describeWithTools(['seaweedfs'], 'kafscale segment on a bucket', () => {
  let server: SeaweedFs;
  let env: Readonly<Record<string, string>>;
  const url = (key: string) => `s3://records/default/orders/0/${key}`;

  beforeAll(async () => {
    server = await startSeaweedFs();
    await server.createBucket('records');
    const { endpoint, credentials } = server;
    const store = new S3ObjectStore({ bucket: 'records', endpoint, credentials });
    for (const [name, bytes] of Object.entries({ good: segment, bad: damaged })) {
      await store.create(`default/orders/0/${name}.kfs`, [bytes], { crc32c: crc32c(bytes) });
    }
    await store.close();
    env = {
      KAFSCALE_S3_ENDPOINT: endpoint,
      KAFSCALE_S3_ACCESS_KEY: credentials.accessKeyId,
      KAFSCALE_S3_SECRET_KEY: credentials.secretAccessKey,
    };
  }, 120_000);

  afterAll(async () => server.stop());

  test(
    'verify reads objects as the environment says',
    async () => {
      expect((await kafscale(['segment', 'verify', url('good.kfs')], env)).code).toBe(0);
      expect((await kafscale(['segment', 'verify', url('bad.kfs')], env)).code).toBe(1);
      const missing = await kafscale(['segment', 'verify', url('missing.kfs')], env);
      expect(missing.code).toBe(2);
      expect(missing.stderr).toContain('object not found: default/orders/0/missing.kfs');
    },
    TIMEOUT_MS,
  );

  test(
    'credentials of AWS do as well, and half a setting is named',
    async () => {
      const { endpoint, credentials } = server;
      const aws = {
        KAFSCALE_S3_ENDPOINT: endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      };
      expect((await kafscale(['segment', 'verify', url('good.kfs')], aws)).code).toBe(0);
      const half = await kafscale(['segment', 'verify', url('good.kfs')], { KAFSCALE_S3_ACCESS_KEY: 'a' });
      expect(half.code).toBe(2);
      expect(half.stderr).toContain('KAFSCALE_S3_ACCESS_KEY is given without KAFSCALE_S3_SECRET_KEY');
    },
    TIMEOUT_MS,
  );
});
