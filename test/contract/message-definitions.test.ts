import { expect, test } from '@jest/globals';
import type { Message } from '../../src/protocol/codec/index.js';
import { ZERO_UUID } from '../../src/protocol/codec/index.js';
import type { Field, Fields } from '../../src/protocol/codec/fields.js';
import type { VersionRange, Versions } from '../../src/protocol/codec/versions.js';
import { includesVersion, parseVersions } from '../../src/protocol/codec/versions.js';
import { apis, RequestHeader, ResponseHeader } from '../../src/protocol/schema/index.js';
import { messageDefinition } from '../support/kafka-clients-jar.js';
import { describeWithTools } from '../support/tools.js';

/**
 * Holds every declaration in src/protocol/schema against the definitions that Kafka publishes with its Java client, by
 * writing out, for both, what each version of a message looks like.
 */

interface KafkaField {
  readonly name: string;
  readonly type: string;
  readonly versions: Versions;
  readonly nullableVersions?: Versions;
  readonly taggedVersions?: Versions;
  readonly tag?: number;
  readonly default?: string | number | boolean;
  readonly ignorable?: boolean;
  readonly flexibleVersions?: Versions;
  readonly fields?: readonly KafkaField[];
}

interface KafkaMessage {
  readonly apiKey?: number;
  readonly name: string;
  readonly validVersions: Versions;
  readonly flexibleVersions: Versions;
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly KafkaField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[];
}

/** A field as one version of the message has it, in the same form for both sides. */
interface Line {
  readonly path: string;
  readonly type: string;
  readonly default: unknown;
  /** Of fields that this version has. */
  readonly wire?: { readonly tag: number | undefined; readonly nullable: boolean; readonly compact: boolean };
  /** Of fields that this version lacks. */
  readonly ignorable?: boolean;
}

const definition = (name: string) => messageDefinition(name) as KafkaMessage;

function zeroOf(type: string): unknown {
  if (type.startsWith('[]')) return 'empty';
  if (type === 'struct') return 'struct of defaults';
  if (type === 'bool') return false;
  if (type === 'string') return '';
  if (type === 'uuid') return ZERO_UUID;
  if (type === 'bytes') return 'empty';
  return type === 'records' ? null : 0;
}

function kafkaDefault(field: KafkaField, type: string): unknown {
  const text = field.default;
  if (text === undefined) return zeroOf(type);
  if (text === 'null') return null;
  if (type === 'string') return text;
  return type === 'bool' ? String(text) === 'true' : Number(text);
}

function kafkaLines(message: KafkaMessage, version: number, range: VersionRange): Line[] {
  const flexible = includesVersion(parseVersions(message.flexibleVersions), version);
  const structs = new Map(message.commonStructs?.map(({ name, fields }) => [name, fields]));
  const holds = (versions: Versions | undefined) =>
    versions !== undefined && includesVersion(parseVersions(versions), version);

  const walk = (fields: readonly KafkaField[], prefix: string): Line[] =>
    fields.flatMap((field) => {
      const versions = parseVersions(field.versions);
      if (versions.min > range.max || versions.max < range.min) return [];
      const path = `${prefix}${field.name.charAt(0).toLowerCase()}${field.name.slice(1)}`;
      const element = field.type.replace('[]', '');
      const isStruct = /^[A-Z]/.test(element);
      const type = isStruct ? field.type.replace(element, 'struct') : field.type;
      const line = { path, type, default: kafkaDefault(field, type) };
      if (!holds(field.versions)) return [{ ...line, ignorable: field.ignorable ?? false }];
      const wire = {
        tag: holds(field.taggedVersions) ? field.tag : undefined,
        nullable: holds(field.nullableVersions),
        compact: flexible && field.flexibleVersions !== 'none',
      };
      return [{ ...line, wire }, ...walk(isStruct ? (field.fields ?? structs.get(element) ?? []) : [], `${path}.`)];
    });
  return walk(message.fields, '');
}

function ourType({ shape }: Field): string {
  if (shape.kind === 'struct') return 'struct';
  const name = (type: string) => (type === 'recordChunks' ? 'records' : type);
  if (shape.kind === 'scalar') return name(shape.type);
  return `[]${typeof shape.element === 'string' ? name(shape.element) : 'struct'}`;
}

function ourLines(message: Message, version: number): Line[] {
  const flexible = message.isFlexible(version);
  const walk = (fields: Fields, prefix: string): Line[] =>
    Object.entries(fields).flatMap(([name, field]) => {
      const path = `${prefix}${name}`;
      const type = ourType(field);
      const line = { path, type, default: field.default === undefined ? zeroOf(type) : field.default };
      if (!includesVersion(field.versions, version)) return [{ ...line, ignorable: field.ignorable }];
      const wire = {
        tag: field.tag,
        nullable: includesVersion(field.nullable, version),
        compact: flexible && field.flexible,
      };
      return [{ ...line, wire }, ...walk(membersOf(field), `${path}.`)];
    });
  return walk(message.fields, '');
}

function membersOf({ shape }: Field): Fields {
  if (shape.kind === 'struct') return shape.fields;
  return shape.kind === 'array' && typeof shape.element !== 'string' ? shape.element : {};
}

function expectSameMessage(message: Message, kafka: KafkaMessage): void {
  for (let version = message.versions.min; version <= message.versions.max; version++) {
    expect({ version, fields: ourLines(message, version) }).toEqual({
      version,
      fields: kafkaLines(kafka, version, message.versions),
    });
    expect(message.isFlexible(version)).toBe(includesVersion(parseVersions(kafka.flexibleVersions), version));
  }
}

describeWithTools(['kafka-clients'], 'declared messages are those of the Java client', () => {
  test.each(apis.map((api) => [api.name, api] as const))('%s', (name, api) => {
    const request = definition(`${name}Request`);
    const response = definition(`${name}Response`);
    const { min, max } = parseVersions(request.validVersions);

    expect(api.key).toBe(request.apiKey);
    expect(api.versions).toEqual({ min, max: request.latestVersionUnstable === true ? max - 1 : max });
    expectSameMessage(api.request, request);
    expectSameMessage(api.response, response);
  });

  test.each<[string, Message]>([
    ['RequestHeader', RequestHeader],
    ['ResponseHeader', ResponseHeader],
  ])('%s', (name, message) => {
    const kafka = definition(name);
    expect(message.versions).toEqual(parseVersions(kafka.validVersions));
    expectSameMessage(message, kafka);
  });
});
