import type { Field } from './fields.js';

/**
 * JavaScript for a field's default. Arrays and structs are made anew each time, since decoded messages may be changed.
 * `lib` in the text is {@link Library} of compile.ts.
 */
export function defaultExpression(field: Field): string {
  if (field.default !== undefined) return JSON.stringify(field.default);
  const { shape } = field;
  if (shape.kind === 'array') return '[]';
  if (shape.kind === 'struct') {
    return `{ ${Object.entries(shape.fields)
      .map(([name, member]) => `${name}: ${defaultExpression(member)}`)
      .join(', ')} }`;
  }
  switch (shape.type) {
    case 'bool':
      return 'false';
    case 'string':
      return "''";
    case 'uuid':
      return 'lib.zeroUuid';
    case 'bytes':
      return 'lib.emptyBytes';
    case 'records':
    case 'recordChunks':
      return 'null';
    default:
      return '0';
  }
}

/** JavaScript that is true when `value` (an expression, possibly undefined) equals the field's default. */
export function isDefaultExpression(field: Field, value: string): string {
  return `(${value} === undefined || ${equalsDefault(field, value)})`;
}

function equalsDefault(field: Field, value: string): string {
  const { shape } = field;
  if (field.default !== undefined) return `${value} === ${defaultExpression(field)}`;
  if (shape.kind === 'array' || (shape.kind === 'scalar' && shape.type === 'bytes')) {
    return `(${value} !== null && ${value}.length === 0)`;
  }
  if (shape.kind === 'struct') {
    const members = Object.entries(shape.fields).map(([name, member]) =>
      isDefaultExpression(member, `${value}.${name}`),
    );
    return `(${[`${value} !== null`, ...members].join(' && ')})`;
  }
  return `${value} === ${defaultExpression(field)}`;
}
