import { explore } from '../checker.js';
import type { Rule } from '../rules.js';
import type { LeftOut, Run } from '../runs.js';
import type { WalBounds } from './bounds.js';
import { walModel } from './model.js';

const FEW: WalBounds = {
  incarnations: 2,
  partitions: 1,
  objects: 1,
  changes: 3,
  manifests: 1,
  removal: 'trim',
  inFlight: 0,
};
const MANIFESTS: WalBounds = { ...FEW, objects: 2, changes: 4, removal: 'none', inFlight: 1 };

function run(what: string, bounds: WalBounds): Run {
  return { what, explore: (rules) => explore(walModel(bounds, rules)) };
}

/** For `npm test`. */
export const WAL_RUNS: readonly Run[] = [
  run('manifests of a partition that changes hands', {
    ...FEW,
    objects: 2,
    manifests: 2,
    removal: 'none',
    inFlight: 1,
  }),
  run('trimming', { ...FEW, objects: 2, manifests: 2 }),
  run('trimming, with a manifest transaction in flight', { ...FEW, inFlight: 1 }),
  run('merging', { ...FEW, objects: 2, changes: 2, removal: 'trim and merge' }),
  run('two partitions, in the same WAL objects', { ...FEW, partitions: 2, changes: 2 }),
];

/** For `npm run model -- --big`. */
export const BIG_WAL_RUNS: readonly Run[] = [
  run('manifests of a partition that changes hands twice', { ...MANIFESTS, manifests: 2 }),
  run('merging, with a hand-off', { ...FEW, objects: 2, manifests: 2, removal: 'trim and merge' }),
  run('two partitions, two objects for each incarnation', { ...FEW, partitions: 2, objects: 2, changes: 2 }),
];

function leftOut(rule: Rule, broken: string | undefined, steps: number, bounds: WalBounds): LeftOut {
  return { ...run(`${rule} left out`, bounds), rules: [rule], broken, steps };
}

export const WAL_LEFT_OUT: readonly LeftOut[] = [
  leftOut('R10 manifest', 'I3', 7, { ...FEW, objects: 2, changes: 2, manifests: 2, inFlight: 1 }),
  leftOut('R10 assignment', 'I1', 9, { ...MANIFESTS, changes: 5 }),
  leftOut('R10 incarnation', undefined, 0, { ...MANIFESTS, changes: 5 }),
  leftOut('R11 all', 'I1', 5, FEW),
  leftOut('R11 same moment', 'I1', 6, FEW),
  leftOut('R11 merged', 'I1', 6, { ...FEW, objects: 2, removal: 'trim and merge' }),
  leftOut('R11 list first', 'I1', 5, { ...FEW, objects: 2, removal: 'trim and merge' }),
  leftOut('R11 ended first', 'I1', 5, FEW),
];
