import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { MetadataFormatError, MetadataStoreError } from '../../src/metadata/metadata-store.js';
import { ServerProcess } from '../support/process.js';

const SLOW = 60_000;
const support = join(import.meta.dirname, '..', 'support');

let directory: string;
let path: string;

const open = () => EmbeddedMetadataStore.open(path, silentLogger);
const put = (store: EmbeddedMetadataStore, key: string, value: string) =>
  store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(value) }] });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kafscale-embedded-'));
  path = join(directory, 'data', 'metadata.sqlite');
});

afterEach(() => rm(directory, { recursive: true }));

describe('EmbeddedMetadataStore and its file', () => {
  test('everything is found again, and revisions go on', async () => {
    const before = open();
    await put(before, 'a', '1');
    await put(before, 'a', '2');
    const entries = await before.range('');
    await before.close();
    const after = open();
    expect(await after.range('')).toEqual(entries);
    expect((await put(after, 'b', '')).revision).toBe(entries.revision + 1);
    await after.close();
  });

  test('keys of leases of an earlier process are gone', async () => {
    const before = open();
    const lease = await before.grantLease(10_000);
    await before.txn({ compare: [], success: [{ type: 'put', key: 'leased', value: Buffer.from(''), lease }] });
    await put(before, 'free', '');
    await before.close();
    const after = open();
    expect((await after.range('')).entries.map(({ key }) => key)).toEqual(['free']);
    await after.close();
  });

  test('a second opening is refused, naming the directory', async () => {
    const store = open();
    expect(open).toThrow(MetadataStoreError);
    expect(open).toThrow(`The data directory ${join(directory, 'data')} is in use by another process`);
    await put(store, 'a', '1');
    await store.close();
    await open().close();
  });

  test('a newer schema version is refused', async () => {
    await open().close();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE meta SET value = 2 WHERE name = 'schema_version'`);
    database.close();
    expect(open).toThrow(MetadataFormatError);
    expect(open).toThrow(`${path} has schema version 2`);
  });

  test('a file of another kind is refused, and left as it was', async () => {
    path = join(directory, 'metadata.sqlite');
    await writeFile(path, 'something else entirely, and long enough to be looked at');
    expect(open).toThrow(MetadataStoreError);
    expect(open).toThrow('is not a database');
  });

  test(
    'another process is kept out while it lives; kill -9 loses nothing committed and no lock stays (I1, I5)',
    async () => {
      for (let round = 0; round < 3; round++) {
        const writer = new ServerProcess(process.execPath, [
          ...['--experimental-transform-types', '--no-warnings', '--import', join(support, 'typescript-hooks.mjs')],
          ...[join(import.meta.dirname, 'embedded-store-writer.ts'), path],
        ]);
        try {
          await writer.ready(() => Promise.resolve(writer.log.split('\n').length > 50));
          expect(open).toThrow('is in use by another process');
        } finally {
          await writer.kill('SIGKILL');
        }
        const printed = Number(writer.log.trim().split('\n').at(-1));
        expect(printed).toBeGreaterThan(0);
        const store = open();
        const found = Number((await store.get('count'))?.value.toString());
        expect(found).toBeGreaterThanOrEqual(printed);
        expect(await store.get('leased')).toBeUndefined();
        await store.close();
      }
    },
    SLOW,
  );
});
