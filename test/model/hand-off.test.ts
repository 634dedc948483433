import { describe, expect, it } from '@jest/globals';
import { HAND_OFF_LEFT_OUT, HAND_OFF_RUNS } from './hand-off/runs.js';
import { ALL_RULES, RULES, without } from './rules.js';

const MINUTES = 60_000;

describe('writing and handing off, I1 to I4 and I8', () => {
  it.each(HAND_OFF_RUNS)(
    'holds with all the rules: $what',
    ({ explore }) => {
      expect(explore(ALL_RULES).violation).toBeUndefined();
    },
    10 * MINUTES,
  );

  it.each(HAND_OFF_LEFT_OUT.map((leftOut) => ({ ...leftOut, says: RULES[leftOut.rule] })))(
    'needs $rule: $says',
    ({ rule, broken, steps, explore }) => {
      const { violation } = explore(without(rule));
      expect(violation?.broken).toMatch(new RegExp(`^${broken}:`));
      expect(violation?.trace).toHaveLength(steps);
    },
    2 * MINUTES,
  );
});
