import { expect, test } from '@jest/globals';
import { ScaleSimulation, type ScaleFigures } from './controller-scale.js';

const BROKERS = 100;
const TOPICS = 100;
const PARTITIONS = 10_000;
const EACH = PARTITIONS / BROKERS;

test('100 brokers and 10,000 partitions: a change moves what it must, in few transactions', async () => {
  const simulation = new ScaleSimulation({ brokers: BROKERS, topics: TOPICS, partitionsPerTopic: PARTITIONS / TOPICS });
  const seen: ScaleFigures[] = [];
  const note = async (figures: Promise<ScaleFigures>) => {
    seen.push(await figures);
    const loads = Object.values(await simulation.kit.loads());
    expect(loads.reduce((sum, load) => sum + load, 0)).toBe(PARTITIONS);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
    return seen.at(-1) as ScaleFigures;
  };
  try {
    const start = await note(simulation.start());
    expect([start.assigned, start.moved, start.refused]).toEqual([PARTITIONS, 0, 0]);
    // Of partitions that were never assigned, a transaction also compares the topics.
    expect(start.controllerTransactions).toBeLessThan(PARTITIONS / 50);
    expect(await simulation.assignmentBytes()).toBeLessThan(PARTITIONS * 200);

    const crash = await note(simulation.crash(50));
    expect([crash.assigned, crash.moved]).toEqual([EACH, 0]);
    expect(crash.controllerTransactions).toBeLessThan(EACH / 10);

    const back = await note(simulation.comeBack(50));
    expect([back.assigned, back.moved]).toEqual([EACH, EACH]);
    // A hundred partitions are moving at a time: asked for in one transaction, and given in one.
    expect(back.controllerTransactions).toBeLessThan(4 * (EACH / 100) + 4);

    const restart = await note(simulation.restart(50));
    expect([restart.assigned, restart.moved]).toEqual([EACH, 0]);

    const drain = await note(simulation.drain(50));
    expect([drain.assigned, drain.moved]).toEqual([EACH, 0]);
    expect((await simulation.kit.loads())[50]).toBeUndefined();
  } finally {
    await simulation.close();
  }
}, 600_000);
