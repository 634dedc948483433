import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRates, S3FaultProxy } from '../support/s3-fault-proxy.js';
import type { BrokerCounters } from './broker-counters.js';
import type { Disturbance } from './run-chaos.js';

/** What the object store is like for some seconds. */
const WEATHERS: Readonly<Record<string, FaultRates>> = {
  calm: {},
  'slow down': { slowDown: 0.4 },
  resets: { reset: 0.25 },
  'lost answers': { lostAnswer: 0.3 },
  'late successes': { lateSuccess: 0.2 },
  stalls: { stall: 0.3 },
  'cut short': { truncated: 0.3 },
  'wrong bits': { wrongBit: 0.2 },
  outage: { slowDown: 0.5, reset: 0.5 },
  storm: {
    slowDown: 0.1,
    reset: 0.05,
    lostAnswer: 0.1,
    lateSuccess: 0.05,
    stall: 0.05,
    truncated: 0.05,
    wrongBit: 0.05,
  },
};
const NAMES = Object.keys(WEATHERS);
const KILL_RATE = 0.15;
/** After an end of bad weather, for the next record to be acknowledged. */
const PATIENCE_MS = 120_000;

/**
 * Changes what the object store is like every few seconds, each kind of weather as often as the others, and kills the
 * broker now and then: its successor begins in the same weather. Afterwards the weather is good.
 *
 * @param counters is told of all that a broker has counted before it is killed
 * @throws {Error} when the broker ends by itself, or acknowledges nothing within two minutes of good weather
 */
export async function changeWeather(
  { broker, history, done }: Disturbance,
  proxy: S3FaultProxy,
  counters: BrokerCounters,
  random: () => number,
  seconds: number,
  progress: (line: string) => void,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let left: string[] = [];
  while (performance.now() < deadline) {
    if (left.length === 0) left = [...NAMES];
    const [name] = left.splice(Math.floor(random() * left.length), 1) as [string];
    const kills = random() < KILL_RATE;
    progress(`${name}${kills ? ', and a kill' : ''}: ${history.acknowledgedRecords} records acknowledged`);
    if (kills) await counters.read();
    proxy.setFaults(WEATHERS[name]!);
    await delay(1_000 + random() * 4_000);
    if (!broker.isRunning) throw new Error(`the broker has ended by itself (${name})`);
    if (kills) {
      await broker.kill();
      counters.brokerKilled();
      done.kills += 1;
      await broker.spawn();
      await delay(2_000 + random() * 2_000);
    }
    proxy.setFaults({});
    await history.moreAcknowledged(1, PATIENCE_MS);
  }
}
