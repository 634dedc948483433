import type { Fields, Infer, Input } from './fields.js';
import { Message } from './message.js';
import type { VersionRange, Versions } from './versions.js';
import { includesVersion, parseVersions } from './versions.js';

/** One API of the protocol: its key, the versions that this broker knows, and both of its messages. */
export interface Api<Q extends Fields = Fields, S extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: VersionRange;
  readonly request: Message<Q>;
  readonly response: Message<S>;
}

/** A decoded request: every field is there. */
export type RequestOf<A> = A extends Api<infer Q> ? Infer<Q> : never;
/** A decoded response: every field is there. */
export type ResponseOf<A> = A extends Api<Fields, infer S> ? Infer<S> : never;
/** A request to encode: fields with a default, and those of some versions only, may be left out. */
export type RequestInput<A> = A extends Api<infer Q> ? Input<Q> : never;
/** A response to encode: what a handler returns. See {@link RequestInput}. */
export type ResponseInput<A> = A extends Api<Fields, infer S> ? Input<S> : never;

export function defineApi<Q extends Fields, S extends Fields>(declaration: {
  readonly key: number;
  readonly name: string;
  readonly versions: Versions;
  /** The versions with compact lengths and tagged fields (KIP-482), in requests and responses alike. */
  readonly flexible: Versions;
  readonly request: Q;
  readonly response: S;
}): Api<Q, S> {
  const { key, name, request, response } = declaration;
  const versions = parseVersions(declaration.versions);
  const flexible = parseVersions(declaration.flexible);
  return {
    key,
    name,
    versions,
    request: new Message(`${name} request`, versions, flexible, request),
    response: new Message(`${name} response`, versions, flexible, response),
  };
}

export function supportsVersion(api: Api, version: number): boolean {
  return includesVersion(api.versions, version);
}
