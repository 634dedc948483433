/**
 * ListConfigResources (key 74): lists the resources that have a configuration of their own.
 *
 * - Resource types are those of DescribeConfigs.
 *
 * Versions:
 * - All versions are flexible.
 * - v0 lists client metrics only (KIP-714).
 * - v1 lists any type (KIP-1142).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const ListConfigResources = defineApi({
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: {
    /** Empty for all. */
    resourceTypes: array('1+', 'int8'),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    configResources: array('all', {
      resourceName: string(),
      resourceType: int8('1+', { default: 16, ignorable: true }),
    }),
  },
});

export type ListConfigResourcesRequest = RequestOf<typeof ListConfigResources>;
export type ListConfigResourcesResponse = ResponseOf<typeof ListConfigResources>;
