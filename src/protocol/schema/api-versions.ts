/**
 * ApiVersions (key 18): tells which APIs the broker serves, and in which versions.
 *
 * - It is the first request on a connection.
 * - A version that the broker does not know is answered in v0 with UNSUPPORTED_VERSION and the range of this API.
 * - The response header is v0 in every version: the client cannot tell yet what the broker speaks (KIP-511).
 * - In answers to v0 to v3, features whose lowest version is 0 are left out: older clients cannot bear them.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 is flexible; the client tells its name and version (KIP-511), the broker its features (KIP-584).
 * - v4 allows features whose lowest version is 0 (KAFKA-17011).
 * - v5 lets the client check that it reached the node it meant; otherwise REBOOTSTRAP_REQUIRED (KIP-1242).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const ApiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: '0-5',
  flexible: '3+',
  request: {
    /** Letters, digits, dots and dashes; begins and ends with a letter or digit. */
    clientSoftwareName: string('3+', { ignorable: true }),
    /** As the name. */
    clientSoftwareVersion: string('3+', { ignorable: true }),
    /** The cluster that the client means, when it knows. */
    clusterId: string('5+', { nullable: true, default: null, ignorable: true }),
    /** The broker that the client means, -1 when it does not know. */
    nodeId: int32('5+', { default: -1, ignorable: true }),
  },
  response: {
    errorCode: int16(),
    apiKeys: array('all', {
      apiKey: int16(),
      minVersion: int16(),
      /** Inclusive. */
      maxVersion: int16(),
    }),
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    supportedFeatures: array(
      '3+',
      {
        name: string(),
        minVersion: int16(),
        /** Inclusive. */
        maxVersion: int16(),
      },
      { tag: 0, ignorable: true },
    ),
    /** -1 while there are none. */
    finalizedFeaturesEpoch: int64('3+', { default: -1, tag: 1, ignorable: true }),
    finalizedFeatures: array(
      '3+',
      {
        name: string(),
        maxVersionLevel: int16(),
        minVersionLevel: int16(),
      },
      { tag: 2, ignorable: true },
    ),
    /** Set by controllers on the way from ZooKeeper to KRaft. */
    zkMigrationReady: bool('3+', { default: false, tag: 3, ignorable: true }),
  },
});

export type ApiVersionsRequest = RequestOf<typeof ApiVersions>;
export type ApiVersionsResponse = ResponseOf<typeof ApiVersions>;
