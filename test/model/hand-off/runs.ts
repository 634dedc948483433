import { explore } from '../checker.js';
import type { LeftOut, Run } from '../runs.js';
import type { Rule } from '../rules.js';
import type { Bounds } from './bounds.js';
import { handOffModel } from './model.js';

const FEW: Bounds = {
  incarnations: 2,
  partitions: 1,
  batches: 1,
  retries: 0,
  objects: 1,
  epochs: 2,
  moves: 0,
  inFlight: 0,
};
const THREE_LEADERSHIPS: Bounds = { ...FEW, batches: 2, objects: 2, epochs: 3, inFlight: 1 };

function run(what: string, bounds: Bounds): Run {
  return { what, explore: (rules) => explore(handOffModel(bounds, rules)) };
}

/** For `npm test`. */
export const HAND_OFF_RUNS: readonly Run[] = [
  run('a partition goes from one broker to the other and back', THREE_LEADERSHIPS),
  run('three incarnations', { ...THREE_LEADERSHIPS, incarnations: 3, inFlight: 0 }),
  run('two partitions, in the same WAL objects', { ...FEW, partitions: 2, batches: 2 }),
  run('producers that try again', { ...FEW, batches: 2, retries: 1, inFlight: 1 }),
  run('a controller that changes its mind about a move', { ...FEW, batches: 2, moves: 1, inFlight: 1 }),
];

/** For `npm run model -- --big`. */
export const BIG_HAND_OFF_RUNS: readonly Run[] = [
  run('two partitions, two objects for each incarnation', { ...FEW, partitions: 2, batches: 2, objects: 2 }),
  run('three incarnations, one transaction in flight', { ...THREE_LEADERSHIPS, incarnations: 3, objects: 1 }),
  run('two transactions in flight', { ...THREE_LEADERSHIPS, inFlight: 2 }),
  run('three incarnations, three batches', { ...THREE_LEADERSHIPS, incarnations: 3, batches: 3 }),
  run('two partitions, one transaction in flight', { ...FEW, partitions: 2, batches: 2, objects: 2, inFlight: 1 }),
  run('producers that try again, three leaderships', { ...THREE_LEADERSHIPS, retries: 2 }),
];

function leftOut(rule: Rule, broken: string | undefined, steps: number, bounds: Bounds): LeftOut {
  return { ...run(`${rule} left out`, bounds), rules: [rule], broken, steps };
}

export const HAND_OFF_LEFT_OUT: readonly LeftOut[] = [
  leftOut('R1', 'I1', 10, { ...FEW, inFlight: 1 }),
  leftOut('R2 incarnation', 'I1', 11, { ...FEW, inFlight: 1 }),
  leftOut('R2 record', 'I1', 13, { ...FEW, batches: 2, objects: 2, inFlight: 1 }),
  leftOut('R3', 'I3', 9, { ...FEW, batches: 2, objects: 2 }),
  leftOut('R4 lease', 'I1', 8, FEW),
  leftOut('R4 id', 'I1', 9, FEW),
  leftOut('R5', 'I1', 10, FEW),
  leftOut('R6 nothing open', 'I1', 8, FEW),
  leftOut('R6 for good', 'I1', 9, { ...FEW, inFlight: 1 }),
  leftOut('R7 tenures', 'I3', 19, { ...THREE_LEADERSHIPS, inFlight: 0 }),
  // Rule 6 leaves nothing under an earlier epoch that is above that tenure's end.
  leftOut('R7 epochs', undefined, 0, { ...THREE_LEADERSHIPS, inFlight: 0 }),
  leftOut('R8', 'I3', 12, THREE_LEADERSHIPS),
  leftOut('R9', 'I4', 7, { ...FEW, inFlight: 1 }),
  leftOut('R12 wait', 'I1', 5, { ...FEW, retries: 1 }),
  leftOut('R12 rebuild', 'I8', 15, { ...FEW, retries: 1 }),
  leftOut('R14', 'I3', 11, FEW),
];
