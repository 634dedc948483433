import { describe, expect, it } from '@jest/globals';
import { GROUP_LEFT_OUT, GROUP_RUNS } from './groups/runs.js';
import { HAND_OFF_LEFT_OUT, HAND_OFF_RUNS } from './hand-off/runs.js';
import { ALL_RULES, RULES, without } from './rules.js';
import type { LeftOut, Run } from './runs.js';
import { WAL_LEFT_OUT, WAL_RUNS } from './wal/runs.js';

/** A machine may be busy with other things. */
const TIMEOUT_MS = 15 * 60_000;

describe('I1 to I4 and I8, writing and handing off', () => checks(HAND_OFF_RUNS, HAND_OFF_LEFT_OUT));
describe('I1 and I3, checkpoints and the removal of WAL objects', () => checks(WAL_RUNS, WAL_LEFT_OUT));
describe('I1 and I4, group slots', () => checks(GROUP_RUNS, GROUP_LEFT_OUT));

function checks(runs: readonly Run[], leftOut: readonly LeftOut[]): void {
  for (const { what, explore } of runs) {
    it(
      `hold with all the rules: ${what}`,
      () => {
        expect(explore(ALL_RULES).violation).toBeUndefined();
      },
      TIMEOUT_MS,
    );
  }
  for (const { what, rules, broken, steps, explore } of leftOut) {
    const text = rules.map((rule) => RULES[rule]).join('; ');
    const title = broken === undefined ? `hold with ${what}` : `${broken} is broken with ${what}`;
    it(
      `${title}: ${text}`,
      () => {
        const { violation } = explore(without(...rules));
        expect(violation?.broken.split(':')[0]).toBe(broken);
        expect(violation?.trace.length ?? 0).toBe(steps);
      },
      TIMEOUT_MS,
    );
  }
}
