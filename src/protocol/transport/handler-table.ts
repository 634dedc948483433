import type { Api } from '../codec/index.js';
import { ApiKey } from '../schema/index.js';
import type { KafkaApiHandler } from './handler.js';

/** An API together with what serves it. */
export interface ServedApi {
  readonly api: Api;
  readonly handler: KafkaApiHandler<Api>;
}

/** An entry of an ApiVersions response: the range of versions, both ends included. */
export interface AdvertisedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** The APIs that this broker serves. What isn't here is neither advertised nor answered. */
export class HandlerTable {
  private readonly byKey = new Map<number, ServedApi>();

  /** @throws Error if the API has a handler already */
  register<A extends Api>(api: A, handler: KafkaApiHandler<A>): void {
    if (this.byKey.has(api.key)) throw new Error(`two handlers for ${api.name}`);
    // Each handler is only ever given what its own API's decoder has made.
    this.byKey.set(api.key, { api, handler });
  }

  find(apiKey: number): ServedApi | undefined {
    return this.byKey.get(apiKey);
  }

  /** What an ApiVersions response lists, in the order of keys. */
  advertised(): AdvertisedApi[] {
    return [...this.byKey.values()].map(({ api }) => advertise(api)).sort((a, b) => a.apiKey - b.apiKey);
  }
}

/**
 * As served, but Produce from version 0: librdkafka up to 2.11.0 takes its absence to mean that the broker knows no
 * compression (KAFKA-18659). Apache Kafka does the same, and closes the connection if such a version is really used.
 */
export function advertise({ key, versions }: Api): AdvertisedApi {
  return { apiKey: key, minVersion: key === ApiKey.Produce ? 0 : versions.min, maxVersion: versions.max };
}
