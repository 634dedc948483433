import { getHeapStatistics } from 'node:v8';

/** From this p99 on the event loop counts as failing, ms: what is due waits so long that leases are in danger. */
const MOST_DELAY_MS = 1000;
/** Share of the memory that the process may have from which on it counts as failing. */
const MOST_MEMORY = 0.95;

export interface ProcessState {
  readonly isWell: boolean;
  readonly details: Readonly<Record<string, number>>;
}

/** @param delays of the event loop, ms */
export function eventLoopState(delays: {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}): ProcessState {
  const details = { p50Ms: Math.round(delays.p50), p99Ms: Math.round(delays.p99), maxMs: Math.round(delays.max) };
  return { isWell: delays.p99 < MOST_DELAY_MS, details };
}

export interface MemoryUse {
  readonly heapBytes: number;
  readonly heapLimitBytes: number;
  readonly residentBytes: number;
  /** What the container, or the machine, has. */
  readonly availableBytes: number;
}

export function memoryState(use: MemoryUse): ProcessState {
  const isWell =
    use.heapBytes < use.heapLimitBytes * MOST_MEMORY && use.residentBytes < use.availableBytes * MOST_MEMORY;
  return { isWell, details: { ...use } };
}

/** Of this process. */
export function memoryUse(): MemoryUse {
  const { used_heap_size: heapBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics();
  const residentBytes = process.memoryUsage.rss();
  return { heapBytes, heapLimitBytes, residentBytes, availableBytes: residentBytes + process.availableMemory() };
}
