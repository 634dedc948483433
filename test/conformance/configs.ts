import { DescribeConfigs, IncrementalAlterConfigs } from '../../src/protocol/schema/index.js';
import type { WireClient } from '../support/wire-client.js';

export const TOPIC = 2;
export const BROKER = 4;
export const GROUP = 32;
/** Where a value comes from. */
export const Source = { TOPIC: 1, ALL_BROKERS: 3, DEFAULT: 5, GROUP: 8 };

/** Of IncrementalAlterConfigs: set, delete, append, subtract. */
export const OPERATIONS = [0, 1, 2, 3] as const;

export interface Change {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

export function set(name: string, value: string): Change {
  return { name, configOperation: OPERATIONS[0], value };
}

export function alter(
  client: WireClient,
  type: number,
  name: string,
  configs: readonly Change[],
  validateOnly = false,
) {
  const resources = [{ resourceType: type, resourceName: name, configs }];
  return client.send(IncrementalAlterConfigs, 1, { resources, validateOnly });
}

export async function describeConfigs(
  client: WireClient,
  resourceType: number,
  resourceName: string,
  configurationKeys: readonly string[] | null,
  everything = false,
) {
  const answer = await client.send(DescribeConfigs, 4, {
    resources: [{ resourceType, resourceName, configurationKeys }],
    includeSynonyms: everything,
    includeDocumentation: everything,
  });
  return answer.results[0]!;
}
