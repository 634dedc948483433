import fc from 'fast-check';
import type { Field, Fields, ScalarType } from '../../src/protocol/codec/fields.js';
import type { Message } from '../../src/protocol/codec/index.js';
import { INT64_MAX } from '../../src/protocol/codec/index.js';
import { includesVersion } from '../../src/protocol/codec/versions.js';

const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const buffer = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

const scalars: Record<ScalarType, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  int8: integer(8),
  int16: integer(16),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: integer(32),
  int64: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(INT64_MAX, -INT64_MAX, 2 ** 53, -1, 0)),
  float64: fc.double(),
  string: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 120, maxLength: 140 })),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array).toString('base64url')),
  bytes: buffer,
  records: buffer,
  recordChunks: buffer.map((chunk) => (chunk.length === 0 ? [] : [chunk])),
};

/** Any value that one version of a message carries, some of the tagged fields being left out. */
export function anyStruct(fields: Fields, version: number): fc.Arbitrary<Record<string, unknown>> {
  const present = Object.entries(fields).filter(([, field]) => includesVersion(field.versions, version));
  const required = present.filter(([, field]) => field.tag === undefined).map(([name]) => name);
  const members = Object.fromEntries(present.map(([name, field]) => [name, anyValue(field, version)]));
  return fc.record(members, { requiredKeys: required, noNullPrototype: true });
}

function anyValue(field: Field, version: number): fc.Arbitrary<unknown> {
  const { shape } = field;
  const one = (element: ScalarType | Fields) =>
    typeof element === 'string' ? scalars[element] : anyStruct(element, version);
  const value =
    shape.kind === 'scalar'
      ? one(shape.type)
      : shape.kind === 'struct'
        ? one(shape.fields)
        : fc.array(one(shape.element), { maxLength: 4 });
  return includesVersion(field.nullable, version) ? fc.option(value) : value;
}

export interface VersionedValue {
  readonly message: Message;
  readonly version: number;
  readonly value: Record<string, unknown>;
}

/** Any value of any version of any of these messages. */
export function anyVersionOf(messages: readonly Message[]): fc.Arbitrary<VersionedValue> {
  return fc
    .constantFrom(...messages)
    .chain((message) =>
      fc
        .integer(message.versions)
        .chain((version) => anyStruct(message.fields, version).map((value) => ({ message, version, value }))),
    );
}
