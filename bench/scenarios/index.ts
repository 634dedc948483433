import type { Scenario } from '../bench.js';
import { produceScenario } from './produce.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [produceScenario];
