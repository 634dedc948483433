import { emitDecoder } from './emit-decoder.js';
import { emitEncoder } from './emit-encoder.js';
import type { Fields } from './fields.js';
import type { Version } from './layout.js';
import type { Reader } from './reader.js';
import { ZERO_UUID } from './uuid.js';
import type { Writer } from './writer.js';

/** Returns the `Infer` of the declaration that it was compiled from. */
export type Decoder = (reader: Reader) => unknown;
/** Takes the `Input` of the declaration that it was compiled from. */
export type Encoder = (writer: Writer, message: object) => void;

/** What generated code refers to as `lib`. */
const library = { zeroUuid: ZERO_UUID, emptyBytes: Buffer.alloc(0) };
type Library = typeof library;

/**
 * Compiles a declaration into functions for one version. The source holds nothing but names and defaults from
 * declarations in this repository, never data of a client.
 */
export function compileDecoder(fields: Fields, version: Version, title: string): Decoder {
  const make = new Function('lib', label(title, emitDecoder(fields, version))) as (lib: Library) => Decoder;
  return make(library);
}

export function compileEncoder(
  fields: Fields,
  version: Version,
  title: string,
  options: { readonly strict: boolean },
): Encoder {
  const source = label(title, emitEncoder(fields, version, options.strict));
  const make = new Function('lib', source) as (lib: Library) => Encoder;
  return make(library);
}

/** Names the generated code in stack traces and profiles. */
function label(title: string, source: string): string {
  return `${source}\n//# sourceURL=kafscale-codec/${title.replaceAll(' ', '-')}`;
}
