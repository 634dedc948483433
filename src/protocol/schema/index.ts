/** Every API that is declared: the table by key, and the declarations with their types by name. */
import type { Api } from '../codec/declare.js';
import { Produce } from './produce.js';
import { Fetch } from './fetch.js';
import { ListOffsets } from './list-offsets.js';
import { Metadata } from './metadata.js';
import { FindCoordinator } from './find-coordinator.js';
import { ApiVersions } from './api-versions.js';
import { CreateTopics } from './create-topics.js';
import { DeleteTopics } from './delete-topics.js';
import { InitProducerId } from './init-producer-id.js';

export * from './produce.js';
export * from './fetch.js';
export * from './list-offsets.js';
export * from './metadata.js';
export * from './find-coordinator.js';
export * from './api-versions.js';
export * from './create-topics.js';
export * from './delete-topics.js';
export * from './init-producer-id.js';
export { RequestHeader } from './request-header.js';
export { ResponseHeader } from './response-header.js';

/** The keys of the declared APIs by name. */
export const ApiKey = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  FindCoordinator: 10,
  ApiVersions: 18,
  CreateTopics: 19,
  DeleteTopics: 20,
  InitProducerId: 22,
} as const;

export type ApiKey = (typeof ApiKey)[keyof typeof ApiKey];

/** All declared APIs in the order of their keys. Whether one is served, and so advertised, is not decided here. */
export const apis: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  FindCoordinator,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  InitProducerId,
];

const byKey = new Map(apis.map((api) => [api.key, api]));

/** The declaration of an API, `undefined` when there is none. */
export function apiByKey(key: number): Api | undefined {
  return byKey.get(key);
}
