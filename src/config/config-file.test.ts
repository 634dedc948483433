import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfigFile } from './config-file.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kafscale-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function read(yaml: string): Record<string, string> {
  const file = join(directory, 'broker.yaml');
  writeFileSync(file, yaml);
  return readConfigFile(file);
}

test('numbers, booleans and lists read as they would be written in the environment', () => {
  const yaml =
    'KAFSCALE_BROKER_ID: 3\nKAFSCALE_S3_PATH_STYLE: true\nKAFSCALE_ETCD_ENDPOINTS: [a:1, b:2]\nKAFSCALE_RACK:\n';
  expect(read(yaml)).toEqual({
    KAFSCALE_BROKER_ID: '3',
    KAFSCALE_S3_PATH_STYLE: 'true',
    KAFSCALE_ETCD_ENDPOINTS: 'a:1,b:2',
    KAFSCALE_RACK: '',
  });
});

test('an empty file has no settings', () => {
  expect(read('')).toEqual({});
});

test.each([
  ['a list', '- a', /is not a mapping/],
  ['a nested value', 'KAFSCALE_RACK: { a: 1 }', /KAFSCALE_RACK in .* is \{"a":1\}: allowed is a single value/],
  ['something else than YAML', '{', /is not valid YAML/],
])('%s is refused', (_title, yaml, message) => {
  expect(() => read(yaml)).toThrow(message);
});

test('a file that cannot be read is refused', () => {
  expect(() => readConfigFile(join(directory, 'absent.yaml'))).toThrow(/cannot be read/);
});
