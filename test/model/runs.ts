import type { Exploration } from './checker.js';
import type { Rule, Rules } from './rules.js';

/** An exploration of a model within bounds. */
export interface Run {
  readonly what: string;
  readonly explore: (rules: Rules) => Exploration;
}

/** What goes wrong first when a rule is left out. */
export interface LeftOut extends Run {
  readonly rules: readonly Rule[];
  /** The invariant that is broken; undefined when the other rules are enough. */
  readonly broken: string | undefined;
  /** The length of the shortest way there. */
  readonly steps: number;
}
