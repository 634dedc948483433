import { defaultExpression } from './emit-default.js';
import type { Fields, ScalarType } from './fields.js';
import type { Slot, Version } from './layout.js';
import { minimumElementBytes, slotsOf, taggedSlots } from './layout.js';

/**
 * JavaScript whose value is `(reader) => object` for one version of a message. There are no version checks left in it,
 * and each struct is one object literal with all fields, so that every version has the same hidden class.
 */
export function emitDecoder(fields: Fields, version: Version): string {
  const functions: string[] = [];
  const root = emitStruct('root', fields, version, functions);
  return `'use strict';\n${functions.join('\n')}\nreturn ${root};`;
}

function emitStruct(path: string, fields: Fields, version: Version, functions: string[]): string {
  const slots = slotsOf(fields, version);
  const tagged = taggedSlots(slots);
  const lines: string[] = [];
  for (const slot of slots) {
    const variable = `v_${slot.name}`;
    if (slot.place === 'body') {
      lines.push(`const ${variable} = ${emitValue(path, slot, version, functions)};`);
    } else {
      const keyword = slot.place === 'tagged' ? 'let' : 'const';
      lines.push(`${keyword} ${variable} = ${defaultExpression(slot.field)};`);
    }
  }
  if (tagged.length > 0) {
    lines.push(
      'for (let n = r.uvarint(); n > 0; n--) {',
      'const tag = r.uvarint(), end = r.tagEnd();',
      'switch (tag) {',
    );
    for (const slot of tagged) {
      lines.push(`case ${slot.tag}: v_${slot.name} = ${emitValue(path, slot, version, functions)}; break;`);
    }
    lines.push(
      'default: r.position = end;',
      '}',
      "if (r.position !== end) r.fail('tagged field of a wrong size');",
      '}',
    );
  } else if (version.flexible) {
    lines.push('r.skipTags();');
  }
  const members = slots.map((slot) => `${slot.name}: v_${slot.name}`).join(', ');
  const name = `struct_${path}`;
  functions.push(`function ${name}(r) {\n${lines.join('\n')}\nreturn { ${members} };\n}`);
  return name;
}

/** An expression that reads one value off `r`. */
function emitValue(path: string, slot: Slot, version: Version, functions: string[]): string {
  const { shape } = slot.field;
  const inner = `${path}_${slot.name}`;
  if (shape.kind === 'struct') {
    const read = `${emitStruct(inner, shape.fields, version, functions)}(r)`;
    if (!slot.nullable) return read;
    return slot.place === 'tagged' ? `(r.uvarint() === 0 ? null : ${read})` : `(r.int8() < 0 ? null : ${read})`;
  }
  if (shape.kind === 'scalar') return emitScalar(shape.type, slot.compact, slot.nullable, slot.name);
  const value = `${emitArray(inner, shape.element, slot.compact, version, functions)}(r)`;
  return slot.nullable ? value : `r.notNull(${value}, '${slot.name}')`;
}

function emitArray(
  path: string,
  element: ScalarType | Fields,
  compact: boolean,
  version: Version,
  functions: string[],
): string {
  const name = `array_${path}`;
  const value =
    typeof element === 'string'
      ? emitScalar(element, compact, false, 'an array')
      : `${emitStruct(path, element, version, functions)}(r)`;
  const length = compact ? 'compactArrayLength' : 'arrayLength';
  functions.push(
    `function ${name}(r) {
const length = r.${length}(${minimumElementBytes(element, version)});
if (length < 0) return null;
const array = [];
for (let i = 0; i < length; i++) array.push(${value});
return array;
}`,
  );
  return name;
}

function emitScalar(type: ScalarType, compact: boolean, nullable: boolean, name: string): string {
  switch (type) {
    case 'string':
    case 'bytes':
    case 'records':
    case 'recordChunks': {
      const method = compact ? `compact${type.charAt(0).toUpperCase()}${type.slice(1)}` : type;
      return nullable ? `r.${method}()` : `r.notNull(r.${method}(), '${name}')`;
    }
    default:
      return `r.${type}()`;
  }
}
