import { explore } from '../checker.js';
import type { Rule } from '../rules.js';
import type { LeftOut, Run } from '../runs.js';
import type { GroupBounds } from './bounds.js';
import { groupModel } from './model.js';

const FEW: GroupBounds = { incarnations: 2, commits: 2, epochs: 2, otherChanges: 1, inFlight: 1 };

function run(what: string, bounds: GroupBounds): Run {
  return { what, explore: (rules) => explore(groupModel(bounds, rules)) };
}

/** For `npm test`. */
export const GROUP_RUNS: readonly Run[] = [
  run('a slot that changes hands', FEW),
  run('a slot that comes back', { ...FEW, commits: 3, epochs: 3, otherChanges: 0 }),
];

/** For `npm run model -- --big`. */
export const BIG_GROUP_RUNS: readonly Run[] = [
  run('a slot that comes back, while others change', { ...FEW, commits: 3, epochs: 3 }),
  run('two transactions in flight', { ...FEW, commits: 3, epochs: 3, inFlight: 2 }),
  run('three incarnations', { ...FEW, incarnations: 3, commits: 3, epochs: 4 }),
];

function leftOut(broken: string | undefined, steps: number, ...rules: Rule[]): LeftOut {
  return { ...run(`${rules.join(' and ')} left out`, FEW), rules, broken, steps };
}

export const GROUP_LEFT_OUT: readonly LeftOut[] = [
  leftOut('I1', 6, 'R13 writer'),
  // Each of these is a second line of defence: two must be missing.
  leftOut(undefined, 0, 'R13 slots'),
  leftOut(undefined, 0, 'R13 incarnation'),
  leftOut(undefined, 0, 'R13 release'),
  leftOut('I1', 8, 'R13 slots', 'R13 incarnation'),
  leftOut('I1', 8, 'R13 slots', 'R13 release'),
];
