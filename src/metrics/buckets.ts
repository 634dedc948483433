/** Upper bounds of histograms of durations, ms: from what memory serves to what an object store in trouble takes. */
export const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 30_000];
