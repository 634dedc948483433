/**
 * AlterConfigs (key 33): replaces a whole configuration: keys that are not given go back to their default.
 *
 * - Superseded by IncrementalAlterConfigs; older clients and tools still send it.
 * - Every resource gets its own result. Resource types are those of DescribeConfigs.
 *
 * Versions:
 * - v2 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const AlterConfigs = defineApi({
  key: 33,
  name: 'AlterConfigs',
  versions: '0-2',
  flexible: '2+',
  request: {
    resources: array('all', {
      resourceType: int8(),
      resourceName: string(),
      configs: array('all', {
        name: string(),
        /** Null takes the default. */
        value: string('all', { nullable: true }),
      }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    responses: array('all', {
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
});

export type AlterConfigsRequest = RequestOf<typeof AlterConfigs>;
export type AlterConfigsResponse = ResponseOf<typeof AlterConfigs>;
