/**
 * UpdateFeatures (key 57): raises or lowers the cluster-wide levels of features (KIP-584).
 *
 * - Upgrade types: 1 upgrade only, 2 downgrade that loses nothing, 3 downgrade that may lose something.
 *
 * Versions:
 * - All versions are flexible.
 * - v1 adds upgrade types and validateOnly (KIP-778).
 * - v2 no longer answers for single features (KIP-1022).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const UpdateFeatures = defineApi({
  key: 57,
  name: 'UpdateFeatures',
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32('all', { default: 60000 }),
    featureUpdates: array('all', {
      feature: string(),
      /** The wanted level; below 1 removes the feature. */
      maxVersionLevel: int16(),
      /** What became the upgrade type in v1. */
      allowDowngrade: bool('0'),
      /** See above. */
      upgradeType: int8('1+', { default: 1 }),
    }),
    validateOnly: bool('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    /** Of the request as a whole. */
    errorCode: int16(),
    errorMessage: string('all', { nullable: true }),
    /** Up to v1. */
    results: array(
      '0-1',
      {
        feature: string(),
        /** Of the feature alone. */
        errorCode: int16(),
        errorMessage: string('all', { nullable: true }),
      },
      { ignorable: true },
    ),
  },
});

export type UpdateFeaturesRequest = RequestOf<typeof UpdateFeatures>;
export type UpdateFeaturesResponse = ResponseOf<typeof UpdateFeatures>;
