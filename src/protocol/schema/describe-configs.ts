/**
 * DescribeConfigs (key 32): reads the configuration of topics, brokers and groups.
 *
 * - Resource types: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.
 * - Sources: 1 topic, 2 one broker, 3 all brokers, 4 configuration file, 5 default, 6 logger, 7 client metrics, 8 group.
 * - The values of sensitive keys are left out.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896); it brought sources and synonyms (KIP-226).
 * - v3 adds types and documentation (KIP-569).
 * - v4 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const DescribeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: '1-4',
  flexible: '4+',
  request: {
    resources: array('all', {
      resourceType: int8(),
      resourceName: string(),
      /** Null for all. */
      configurationKeys: array('all', 'string', { nullable: true }),
    }),
    /** Whether to list all places that set a value, the deciding one first. */
    includeSynonyms: bool('all', { default: false }),
    includeDocumentation: bool('3+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    results: array('all', {
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
      resourceType: int8(),
      resourceName: string(),
      configs: array('all', {
        name: string(),
        /** Null when it is sensitive or not set. */
        value: string('all', { nullable: true }),
        readOnly: bool(),
        configSource: int8('all', { default: -1 }),
        isSensitive: bool(),
        synonyms: array('all', {
          name: string(),
          /** Null when it is sensitive or not set. */
          value: string('all', { nullable: true }),
          source: int8(),
        }),
        /** 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password; 0 unknown. */
        configType: int8('3+', { default: 0, ignorable: true }),
        documentation: string('3+', { nullable: true, ignorable: true }),
      }),
    }),
  },
});

export type DescribeConfigsRequest = RequestOf<typeof DescribeConfigs>;
export type DescribeConfigsResponse = ResponseOf<typeof DescribeConfigs>;
