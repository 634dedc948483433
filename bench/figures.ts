import type { BrokerKind } from './brokers/broker-under-test.js';

/** What `docs/benchmarks.md` promises of our own broker. */
export type Budget = { readonly atMost: number } | { readonly atLeast: number };

export interface Figure {
  readonly scenario: string;
  /** What was measured, such as `8 partitions: broker CPU`. */
  readonly name: string;
  readonly broker: BrokerKind;
  readonly value: number;
  readonly unit: string;
  readonly budget?: Budget;
}

export function meets(value: number, budget: Budget): boolean {
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}
