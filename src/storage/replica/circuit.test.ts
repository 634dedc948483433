import { beforeEach, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Circuit } from './circuit.js';

let clock: VirtualClock;
let circuit: Circuit;
beforeEach(() => {
  clock = new VirtualClock();
  circuit = new Circuit(clock, { failures: 3, outcomes: 5, firstPauseMs: 1_000, longestPauseMs: 4_000 });
});

const fail = (times = 1) => {
  for (let i = 0; i < times; i += 1) circuit.enter()?.failed();
};

test('opens when too many of the last requests have failed, also with good ones between', () => {
  fail(2);
  circuit.enter()?.succeeded();
  circuit.enter()?.succeeded();
  expect(circuit.state).toBe('closed');
  fail();
  expect(circuit.state).toBe('open');
  expect(circuit.enter()).toBeUndefined();
});

test('old failures are forgotten', () => {
  fail(2);
  for (let i = 0; i < 5; i += 1) circuit.enter()?.succeeded();
  fail(2);
  expect(circuit.state).toBe('closed');
});

test('half-open it lets one request through at a time, and its success closes it', async () => {
  fail(3);
  await clock.advance(999);
  expect(circuit.state).toBe('open');
  await clock.advance(1);
  expect(circuit.state).toBe('half-open');
  const trial = circuit.enter();
  expect(trial).toBeDefined();
  expect(circuit.enter()).toBeUndefined();
  trial?.succeeded();
  expect(circuit.state).toBe('closed');
  fail(2);
  expect(circuit.state).toBe('closed');
});

test('a trial that its caller gives up makes room for another', async () => {
  fail(3);
  await clock.advance(1_000);
  circuit.enter()?.abandoned();
  expect(circuit.state).toBe('half-open');
  circuit.enter()?.succeeded();
  expect(circuit.state).toBe('closed');
});

test('each trial that fails doubles the pause, up to the longest', async () => {
  fail(3);
  for (const pause of [1_000, 2_000, 4_000, 4_000]) {
    await clock.advance(pause - 1);
    expect(circuit.state).toBe('open');
    await clock.advance(1);
    fail();
  }
});

test('a server that fails again soon after it was trusted again is left alone for longer, and after a good while not', async () => {
  fail(3);
  await clock.advance(1_000);
  circuit.enter()?.succeeded();
  fail(3);
  await clock.advance(1_999);
  expect(circuit.state).toBe('open');
  await clock.advance(1);
  circuit.enter()?.succeeded();
  await clock.advance(4_000);
  fail(3);
  await clock.advance(1_000);
  expect(circuit.state).toBe('half-open');
});

test('requests from before it opened decide nothing any more', async () => {
  const [late, later] = [circuit.enter(), circuit.enter()];
  fail(3);
  late?.succeeded();
  expect(circuit.state).toBe('open');
  await clock.advance(1_000);
  later?.failed();
  expect(circuit.state).toBe('half-open');
});
