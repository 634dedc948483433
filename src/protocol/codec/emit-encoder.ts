import { defaultExpression, isDefaultExpression } from './emit-default.js';
import type { Fields, ScalarType } from './fields.js';
import type { Slot, Version } from './layout.js';
import { slotsOf, taggedSlots } from './layout.js';

/**
 * JavaScript whose value is `(writer, object) => void` for one version of a message. `strict` adds checks that no value
 * is dropped which the version cannot carry and the declaration does not call ignorable.
 */
export function emitEncoder(fields: Fields, version: Version, strict: boolean): string {
  const functions: string[] = [];
  const root = emitStruct('root', fields, version, strict, functions);
  return `'use strict';\n${functions.join('\n')}\nreturn ${root};`;
}

function emitStruct(path: string, fields: Fields, version: Version, strict: boolean, functions: string[]): string {
  const slots = slotsOf(fields, version);
  const tagged = taggedSlots(slots);
  const lines: string[] = [];
  const write = (slot: Slot) => emitValue(path, slot, version, strict, functions);
  for (const slot of slots) {
    if (slot.place === 'body') {
      lines.push(`let v_${slot.name} = m.${slot.name};`);
      if (isOmittable(slot))
        lines.push(`if (v_${slot.name} === undefined) v_${slot.name} = ${defaultExpression(slot.field)};`);
      lines.push(write(slot));
    } else if (slot.place === 'absent' && strict && !slot.field.ignorable) {
      lines.push(`if (!${isDefaultExpression(slot.field, `m.${slot.name}`)}) w.reject('${slot.name}');`);
    }
  }
  for (const slot of tagged) {
    lines.push(`const v_${slot.name} = m.${slot.name};`);
    lines.push(`const has_${slot.name} = !${isDefaultExpression(slot.field, `v_${slot.name}`)};`);
  }
  if (version.flexible) {
    lines.push(`w.uvarint(${['0', ...tagged.map((slot) => `(has_${slot.name} ? 1 : 0)`)].join(' + ')});`);
  }
  for (const slot of tagged) {
    lines.push(
      `if (has_${slot.name}) {`,
      `const start = w.beginTag(${slot.tag});`,
      write(slot),
      'w.endTag(start);',
      '}',
    );
  }
  const name = `struct_${path}`;
  functions.push(`function ${name}(w, m) {\n${lines.join('\n')}\n}`);
  return name;
}

function isOmittable({ field }: Slot): boolean {
  return field.default !== undefined || field.versions.min > 0 || field.versions.max < Infinity;
}

/** A statement that writes the variable of a slot. */
function emitValue(path: string, slot: Slot, version: Version, strict: boolean, functions: string[]): string {
  const { shape } = slot.field;
  const inner = `${path}_${slot.name}`;
  const raw = `v_${slot.name}`;
  const value = slot.nullable ? raw : `w.notNull(${raw}, '${slot.name}')`;
  if (shape.kind === 'scalar') return emitScalar(shape.type, slot.compact, isReference(shape.type) ? value : raw);
  if (shape.kind === 'array') {
    return `${emitArray(inner, shape.element, slot.compact, version, strict, functions)}(w, ${value});`;
  }
  const name = emitStruct(inner, shape.fields, version, strict, functions);
  if (!slot.nullable) return `${name}(w, ${value});`;
  const marks = slot.place === 'tagged' ? ['w.uvarint(0)', 'w.uvarint(1)'] : ['w.int8(-1)', 'w.int8(1)'];
  return `if (${raw} === null) ${marks[0]}; else { ${marks[1]}; ${name}(w, ${raw}); }`;
}

function emitArray(
  path: string,
  element: ScalarType | Fields,
  compact: boolean,
  version: Version,
  strict: boolean,
  functions: string[],
): string {
  const name = `array_${path}`;
  const length = compact ? 'compactArrayLength' : 'arrayLength';
  const write =
    typeof element === 'string'
      ? emitScalar(element, compact, isReference(element) ? "w.notNull(a[i], 'an array element')" : 'a[i]')
      : `${emitStruct(path, element, version, strict, functions)}(w, a[i]);`;
  functions.push(
    `function ${name}(w, a) {
if (a === null) return w.${length}(-1);
w.${length}(a.length);
for (let i = 0; i < a.length; i++) ${write}
}`,
  );
  return name;
}

/** Whether values of this type are written with a length, and so could be null. */
function isReference(type: ScalarType): boolean {
  return type === 'string' || type === 'bytes' || type === 'records' || type === 'recordChunks';
}

function emitScalar(type: ScalarType, compact: boolean, value: string): string {
  const method = compact && isReference(type) ? `compact${type.charAt(0).toUpperCase()}${type.slice(1)}` : type;
  return `w.${method}(${value});`;
}
