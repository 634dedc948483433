import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { fromKafkaJson, withDefaults } from '../../../test/support/message-values.js';
import { apis, RequestHeader, ResponseHeader } from '../schema/index.js';
import type { Message } from './index.js';

/** What Kafka's own serialisers make of a message in one version; made by test/golden/GoldenVectors.java. */
interface GoldenLine {
  readonly message: string;
  readonly version: number;
  readonly vectors: readonly { readonly hex: string; readonly value: object }[];
}

const lines = gunzipSync(readFileSync(new URL('../../../test/golden/messages.jsonl.gz', import.meta.url)))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as GoldenLine);
const vectors = new Map(lines.map((line) => [`${line.message} v${line.version}`, line.vectors]));

const messages: [string, Message][] = [
  ...apis.flatMap(({ name, request, response }): [string, Message][] => [
    [`${name}Request`, request],
    [`${name}Response`, response],
  ]),
  ['RequestHeader', RequestHeader],
  ['ResponseHeader', ResponseHeader],
];

describe.each(messages)('%s has the bytes of the Java client', (name, message) => {
  const { min, max } = message.versions;

  test.each(Array.from({ length: max - min + 1 }, (_, index) => min + index))('in v%i', (version) => {
    const golden = vectors.get(`${name} v${version}`);
    expect(golden).toHaveLength(5);
    for (const { hex, value } of golden!) {
      const input = fromKafkaJson(message.fields, value);

      expect(message.encode(input, version, { strict: true }).toString('hex')).toBe(hex);
      expect(message.decode(Buffer.from(hex, 'hex'), version)).toEqual(withDefaults(message.fields, input));
    }
  });
});
