import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyVersionOf } from '../../../test/support/message-arbitraries.js';
import { withDefaults } from '../../../test/support/message-values.js';
import { apis } from '../schema/index.js';
import { MalformedRequestError } from './index.js';
import type { Message } from './index.js';

const messages = apis.flatMap((api): Message[] => [api.request, api.response]);

/** Decodes bytes that may be anything. */
function decodesOrIsMalformed(message: Message, version: number, bytes: Buffer): void {
  try {
    message.decode(bytes, version);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedRequestError);
  }
}

describe('any message in any version', () => {
  test('is decoded as it was encoded, absent fields being their default', () => {
    fc.assert(
      fc.property(anyVersionOf(messages), ({ message, version, value }) => {
        const decoded = message.decode(message.encode(value, version, { strict: true }), version);
        expect(decoded).toEqual(withDefaults(message.fields, value));
      }),
      { numRuns: 1500 },
    );
  });

  test('is encoded from what was decoded to the same bytes', () => {
    fc.assert(
      fc.property(anyVersionOf(messages), ({ message, version, value }) => {
        const bytes = message.encode(value, version);
        expect(message.encode(message.decode(bytes, version), version, { strict: true })).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('is malformed when its end is missing', () => {
    fc.assert(
      fc.property(anyVersionOf(messages), fc.nat(), ({ message, version, value }, cut) => {
        const bytes = message.encode(value, version);
        fc.pre(bytes.length > 0);
        expect(() => message.decode(bytes.subarray(0, cut % bytes.length), version)).toThrow(MalformedRequestError);
      }),
      { numRuns: 1000 },
    );
  });

  test('is decoded or malformed, and nothing else, when bytes of it are changed', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { minLength: 1 });
    fc.assert(
      fc.property(anyVersionOf(messages), changes, ({ message, version, value }, edits) => {
        const bytes = message.encode(value, version);
        for (const { at, byte } of edits) bytes[at % bytes.length] = byte;
        decodesOrIsMalformed(message, version, bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('is decoded or malformed, and nothing else, when it is noise', () => {
    fc.assert(
      fc.property(anyVersionOf(messages), fc.uint8Array({ maxLength: 200 }), ({ message, version }, noise) => {
        decodesOrIsMalformed(message, version, Buffer.from(noise));
      }),
      { numRuns: 1000 },
    );
  });
});
