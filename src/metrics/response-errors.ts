/**
 * All error codes, other than 0, that a response tells of: its own, and those of the topics, partitions or resources in it.
 * Not for responses that carry records.
 */
export function* errorCodesIn(response: object): Generator<number> {
  const { errorCode } = response as { readonly errorCode?: unknown };
  if (typeof errorCode === 'number' && errorCode !== 0) yield errorCode;
  for (const value of Object.values(response) as unknown[]) {
    if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) yield* errorCodesIn(value);
  }
}

/** What responses to Produce and Fetch have in common, as far as errors go. */
interface RecordsResponse {
  readonly responses?: readonly {
    /** Of Produce. */
    readonly partitionResponses?: readonly Partition[];
    /** Of Fetch. */
    readonly partitions?: readonly Partition[];
  }[];
}

interface Partition {
  readonly errorCode?: number;
}

/** The error codes, other than 0, of the partitions in a response to Produce or Fetch; nothing of other APIs. */
export function* partitionErrorsIn(api: string, response: object): Generator<number> {
  if (api !== 'Produce' && api !== 'Fetch') return;
  for (const { partitionResponses, partitions } of (response as RecordsResponse).responses ?? []) {
    for (const { errorCode = 0 } of partitionResponses ?? partitions ?? []) if (errorCode !== 0) yield errorCode;
  }
}
