import type { VersionRange, Versions } from './versions.js';
import { ALL_VERSIONS, NO_VERSIONS, parseVersions } from './versions.js';

/**
 * The language in which `schema/` declares messages. One builder call is one field:
 *
 *     name: string('3+', { nullable: true, default: null })
 *
 * The first argument says which versions carry the field (`all`: every version of the struct around it). Field order
 * is wire order. The TypeScript types of decoded messages and of messages to encode are inferred from the declaration.
 */

/** Scalar types by their wire name, with the type that they have in TypeScript. */
export interface ScalarTypes {
  bool: boolean;
  int8: number;
  int16: number;
  uint16: number;
  int32: number;
  /** Exact within ±2^53. Beyond that the nearest double; the ends of the int64 range survive a round trip. */
  int64: number;
  float64: number;
  string: string;
  /** 22 characters of base64url, as Kafka prints it; the zero uuid means "absent". */
  uuid: string;
  /** Copied out of the frame, so that keeping it does not keep the frame. */
  bytes: Buffer;
  /** Record batches in a request: a view of the frame, not a copy. */
  records: Buffer;
  /** Record batches in a response, sent one after the other without being copied together. */
  recordChunks: readonly Buffer[];
}
export type ScalarType = keyof ScalarTypes;

/** What the largest int64 decodes to. */
export const INT64_MAX = 2 ** 63;

export type Shape =
  | { readonly kind: 'scalar'; readonly type: ScalarType }
  | { readonly kind: 'array'; readonly element: ScalarType | Fields }
  | { readonly kind: 'struct'; readonly fields: Fields };

/** What a field holds when a version lacks it, or when the tagged section leaves it out. */
export type DefaultValue = number | boolean | string | null;

export interface FieldOptions<D extends DefaultValue = DefaultValue> {
  /** The versions in which null is allowed; `true` for all that carry the field. */
  readonly nullable?: true | Versions;
  /** Zero, false, empty (null for records) when left out here. A declared default also makes the field optional to encode. */
  readonly default?: D | null;
  /** Makes it a tagged field of the flexible versions: sent only when it differs from its default (KIP-482). */
  readonly tag?: number;
  /** A version that lacks the field may drop its value. Otherwise dropping it is a mistake that strict encoding finds. */
  readonly ignorable?: true;
  /** `none`: keeps the old length prefix in flexible versions as well (only the client id of the request header). */
  readonly flexible?: 'none';
}

/** `D`: decoded type. `I`: type to encode. `O`: whether the encoder fills the field in when it is left out. */
export interface Field<D = unknown, I = unknown, O extends boolean = boolean> {
  readonly shape: Shape;
  readonly versions: VersionRange;
  readonly nullable: VersionRange;
  /** `undefined`: the zero of the type. */
  readonly default: DefaultValue | undefined;
  readonly tag: number | undefined;
  readonly ignorable: boolean;
  readonly flexible: boolean;
  /** Never set: carries the inferred types. */
  readonly types?: { readonly decoded: D; readonly input: I; readonly omittable: O };
}

export type Fields = Readonly<Record<string, Field>>;

/** A decoded struct: every field is there, those that the version lacks hold their default. */
export type Infer<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer D> ? D : never };

type OmittableKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, unknown, infer O> ? (O extends true ? K : never) : never;
}[keyof F];
type InputOf<F> = F extends Field<unknown, infer I> ? I : never;

/**
 * A struct to encode. Fields may be left out when they have a declared default, are tagged, or exist in some versions
 * only; they are then sent as their default.
 */
export type Input<F extends Fields> = {
  readonly [K in Exclude<keyof F, OmittableKeys<F>>]: InputOf<F[K]>;
} & { readonly [K in OmittableKeys<F>]?: InputOf<F[K]> | undefined };

type Nullable<T, O> = O extends { nullable: true | Versions } ? T | null : T;
type Omittable<V, O> = V extends 'all' ? (O extends { default: unknown } | { tag: number } ? true : false) : true;
type Decoded<E> = E extends ScalarType ? ScalarTypes[E] : E extends Fields ? Infer<E> : never;
type Encoded<E> = E extends ScalarType ? ScalarTypes[E] : E extends Fields ? Input<E> : never;

function field(shape: Shape, versions: Versions, options: FieldOptions): Omit<Field, 'types'> {
  const { nullable } = options;
  return {
    shape,
    versions: parseVersions(versions),
    nullable: nullable === undefined ? NO_VERSIONS : nullable === true ? ALL_VERSIONS : parseVersions(nullable),
    default: options.default,
    tag: options.tag,
    ignorable: options.ignorable ?? false,
    flexible: options.flexible !== 'none',
  };
}

function scalar<S extends ScalarType>(type: S) {
  type T = ScalarTypes[S];
  return <V extends Versions = 'all', const O extends FieldOptions<Extract<T, DefaultValue>> = FieldOptions<never>>(
    versions?: V,
    options?: O,
  ): Field<Nullable<T, O>, Nullable<T, O>, Omittable<V, O>> =>
    field({ kind: 'scalar', type }, versions ?? 'all', options ?? {});
}

export const bool = scalar('bool');
export const int8 = scalar('int8');
export const int16 = scalar('int16');
export const uint16 = scalar('uint16');
export const int32 = scalar('int32');
export const int64 = scalar('int64');
export const float64 = scalar('float64');
export const string = scalar('string');
export const uuid = scalar('uuid');
export const bytes = scalar('bytes');
export const records = scalar('records');
export const recordChunks = scalar('recordChunks');

/** An array of scalars (`array('all', 'int32')`) or of structs (`array('all', { … })`). Its default is empty, or null. */
export function array<
  V extends Versions,
  E extends ScalarType | Fields,
  const O extends FieldOptions<never> = FieldOptions<never>,
>(
  versions: V,
  element: E,
  options?: O,
): Field<Nullable<Decoded<E>[], O>, Nullable<readonly Encoded<E>[], O>, Omittable<V, O>> {
  return field({ kind: 'array', element }, versions, options ?? {});
}

/** A struct in place, without a length. Its default is the struct of its fields' defaults, or null. */
export function struct<V extends Versions, F extends Fields, const O extends FieldOptions<never> = FieldOptions<never>>(
  versions: V,
  fields: F,
  options?: O,
): Field<Nullable<Infer<F>, O>, Nullable<Input<F>, O>, Omittable<V, O>> {
  return field({ kind: 'struct', fields }, versions, options ?? {});
}
