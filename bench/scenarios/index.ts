import type { Scenario } from '../bench.js';
import { ackLatencyScenario } from './ack-latency.js';
import { connectionsScenario } from './connections.js';
import { consumeScenario } from './consume.js';
import { endToEndScenario } from './end-to-end.js';
import { groupSizeScenario } from './group-size.js';
import { groupsScenario } from './groups.js';
import { handOverScenario } from './hand-over.js';
import { idleScenario } from './idle.js';
import { offsetCommitsScenario } from './offset-commits.js';
import { openPartitionsScenario, openSegmentsScenario } from './opening.js';
import { overloadScenario } from './overload.js';
import { pipeliningScenario } from './pipelining.js';
import { produceScenario } from './produce.js';
import { requestCostScenario } from './request-cost.js';
import { restartScenario } from './restart.js';
import { writeRateScenario } from './write-rate.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  produceScenario,
  pipeliningScenario,
  consumeScenario,
  ackLatencyScenario,
  endToEndScenario,
  writeRateScenario,
  idleScenario,
  overloadScenario,
  restartScenario,
  openSegmentsScenario,
  openPartitionsScenario,
  requestCostScenario,
  handOverScenario,
  groupSizeScenario,
  groupsScenario,
  offsetCommitsScenario,
  connectionsScenario,
];
