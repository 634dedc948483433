import type { Field, Fields, ScalarType } from '../../src/protocol/codec/fields.js';
import { ZERO_UUID } from '../../src/protocol/codec/index.js';

/** A field's default, worked out without the codec. */
export function defaultOf({ shape, default: declared }: Field): unknown {
  if (declared !== undefined) return declared;
  if (shape.kind === 'array') return [];
  if (shape.kind === 'struct') return defaultsOf(shape.fields);
  const zeros: Partial<Record<ScalarType, unknown>> = {
    bool: false,
    string: '',
    uuid: ZERO_UUID,
    bytes: Buffer.alloc(0),
    records: null,
    recordChunks: null,
  };
  return shape.type in zeros ? zeros[shape.type] : 0;
}

export function defaultsOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]));
}

/** `value` as it is to be decoded: with every field, those that it leaves out being their default. */
export function withDefaults(fields: Fields, value: object): Record<string, unknown> {
  const given = new Map<string, unknown>(Object.entries(value));
  const complete = (field: Field, member: unknown): unknown => {
    if (member === undefined) return defaultOf(field);
    const { shape } = field;
    if (member === null || shape.kind === 'scalar') return member;
    if (shape.kind === 'struct') return withDefaults(shape.fields, member);
    const { element } = shape;
    if (typeof element === 'string') return member;
    return (member as object[]).map((item) => withDefaults(element, item));
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, complete(field, given.get(name))]));
}

/** Turns the JSON of Kafka's converters, which has bytes in base64, into a value to encode. */
export function fromKafkaJson(fields: Fields, json: object): Record<string, unknown> {
  const scalar = (type: ScalarType, value: unknown): unknown => {
    if (typeof value !== 'string' || !['bytes', 'records', 'recordChunks'].includes(type)) return value;
    const bytes = Buffer.from(value, 'base64');
    if (type !== 'recordChunks') return bytes;
    return bytes.length === 0 ? [] : [bytes];
  };
  return Object.fromEntries(
    Object.entries(json).map(([name, value]: [string, unknown]) => {
      const shape = fields[name]?.shape;
      if (shape === undefined) throw new Error(`no field ${name} is declared`);
      if (value === null) return [name, null];
      if (shape.kind === 'scalar') return [name, scalar(shape.type, value)];
      if (shape.kind === 'struct') return [name, fromKafkaJson(shape.fields, value as object)];
      const { element } = shape;
      const items = value as object[];
      return [
        name,
        items.map((item) => (typeof element === 'string' ? scalar(element, item) : fromKafkaJson(element, item))),
      ];
    }),
  );
}
