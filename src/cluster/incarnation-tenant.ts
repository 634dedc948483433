import type { LiveIncarnation } from './partition-host.js';

export type { LiveIncarnation } from './partition-host.js';

/** Whoever keeps state in memory that is good for as long as an incarnation lives, and no longer. */
export interface IncarnationTenant {
  /** Starts anew, from what the metadata store has. Must not throw. */
  begin(incarnation: LiveIncarnation): void;
  /** Gives everything up in good order, and takes nothing any more. Resolves when all is given up. */
  drain?(): Promise<void>;
  /** Takes again what is assigned. */
  undrain?(): void;
  /** Drops everything: the incarnation has ended. */
  abandon(reason: string): void;
}
