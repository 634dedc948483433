import { fingerprint } from './data.js';

/**
 * A small explicit-state model checker: visits every state that a model can reach, breadth-first, and ends at the first one
 * that breaks an invariant, with the shortest way there.
 *
 * States are plain data. Two are the same when their canonical forms are equal, of which only fingerprints are remembered.
 */
export interface Model<State> {
  readonly initial: State;
  /** Everything that may happen next. */
  steps(state: State): Iterable<Step<State>>;
  /** The state in the form that stands for all that differ from it in nothing that matters. May change what it is given. */
  canonical(state: State): State;
  /** What the state breaks, beginning with the invariant's name; undefined when it is sound. */
  violationIn(state: State): string | undefined;
}

export interface Step<State> {
  /** What happens, for the trace. */
  readonly label: string;
  readonly next: State;
}

export interface Exploration {
  /** Different states that were visited. */
  readonly states: number;
  /** Steps from the initial state to the farthest that was visited. */
  readonly depth: number;
  readonly violation: Violation | undefined;
}

export interface Violation {
  readonly broken: string;
  /** The labels of the steps that lead to it, from the initial state on. */
  readonly trace: readonly string[];
}

/** @throws Error when there are more states than `limit` */
export function explore<State>(model: Model<State>, limit = 20_000_000): Exploration {
  const seen = new Set<number>();
  let frontier: { state: State; visit: Visit }[] = [];
  let depth = 0;

  const visit = (state: State, label: string, from: Visit | undefined): { state: State; visit: Visit } | undefined => {
    const canonical = model.canonical(state);
    const key = fingerprint(canonical);
    if (seen.has(key)) return undefined;
    if (seen.size >= limit) throw new Error(`more than ${limit} states`);
    seen.add(key);
    return { state: canonical, visit: { label, from } };
  };

  const first = visit(model.initial, '', undefined);
  if (first !== undefined) frontier.push(first);
  for (; frontier.length > 0; depth += 1) {
    const following: typeof frontier = [];
    for (const { state, visit: at } of frontier) {
      const broken = model.violationIn(state);
      if (broken !== undefined) return { states: seen.size, depth, violation: { broken, trace: traceOf(at) } };
      for (const { label, next } of model.steps(state)) {
        const reached = visit(next, label, at);
        if (reached !== undefined) following.push(reached);
      }
    }
    frontier = following;
  }
  return { states: seen.size, depth: depth - 1, violation: undefined };
}

/** How a state was first reached. */
interface Visit {
  readonly label: string;
  readonly from: Visit | undefined;
}

function traceOf(last: Visit): string[] {
  const labels: string[] = [];
  for (let at: Visit = last; at.from !== undefined; at = at.from) labels.push(at.label);
  return labels.reverse();
}
