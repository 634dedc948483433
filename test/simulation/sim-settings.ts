/** What is the same in all simulated lives. */

export const NAMESPACE = 'sim';
/** How long the cluster waits for a silent broker, ms. */
export const LEASE_TTL_MS = 5_000;
/** The topic that is there all the time. */
export const TOPIC = 'sim';
/** Longer than a reader takes, and a broker that does not know yet that it was replaced. */
export const GRACE_MS = 15_000;
/** The longest that a reader is kept waiting between the decision what to read and the read. */
export const LONGEST_HOLD_MS = 5_000;
/** Longer than any transaction is under way. */
export const ORPHAN_AGE_MS = 40_000;
