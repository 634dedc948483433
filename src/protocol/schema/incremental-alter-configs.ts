/**
 * IncrementalAlterConfigs (key 44): changes single keys of a configuration and leaves the others alone (KIP-339).
 *
 * - Operations: 0 set, 1 delete (back to the default), 2 append to a list, 3 take out of a list.
 * - Every resource gets its own result; a resource is changed as a whole or not at all.
 * - Resource types are those of DescribeConfigs.
 *
 * Versions:
 * - v1 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const IncrementalAlterConfigs = defineApi({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: '0-1',
  flexible: '1+',
  request: {
    resources: array('all', {
      resourceType: int8(),
      resourceName: string(),
      configs: array('all', {
        name: string(),
        /** See above. */
        configOperation: int8(),
        /** Null when the key is deleted. */
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

export type IncrementalAlterConfigsRequest = RequestOf<typeof IncrementalAlterConfigs>;
export type IncrementalAlterConfigsResponse = ResponseOf<typeof IncrementalAlterConfigs>;
