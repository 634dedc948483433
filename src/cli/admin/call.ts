import type { ControlClient } from '../../control/control-client.js';
import type { PartitionRef } from '../../control/messages.js';

/** What a command has found out. */
export interface Outcome {
  /** For programs. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
  /** Not everything that was asked for was done. */
  readonly incomplete?: boolean;
}

/** Arguments of the commands, as far as they have them. */
export interface CallOptions {
  readonly topic?: string;
  readonly broker?: string;
  readonly partitions?: readonly PartitionRef[];
  /** Seconds; 0: as the broker is configured. */
  readonly deadline?: number;
  readonly reason?: string;
  /** Format level; 0: the highest possible one. */
  readonly level?: number;
  readonly dryRun?: boolean;
}

export type Call = (client: ControlClient, options: CallOptions) => Promise<Outcome>;
