/** How groups are coordinated. Times in ms; the names in brackets are Apache Kafka's settings of the same meaning. */
export interface GroupOptions {
  /** How long the first members of a group wait for more (`group.initial.rebalance.delay.ms`). */
  readonly initialRebalanceDelayMs: number;
  /** Bounds of what members may ask for (`group.min.session.timeout.ms`, `group.max.session.timeout.ms`). */
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Members that a group may have (`group.max.size`). */
  readonly maxGroupSize: number;
  /** How long offsets outlive the last member, or the last commit where there are no members (`offsets.retention.minutes`). */
  readonly offsetsRetentionMs: number;
}

/** Of groups of both protocols. */
export interface CoordinatorOptions extends GroupOptions {
  readonly consumer: ConsumerGroupOptions;
}

/**
 * Whether groups that have members change their protocol: to the consumer protocol when a member of it comes, back when
 * the last one of it has gone.
 */
export type MigrationPolicy = 'bidirectional' | 'upgrade' | 'downgrade' | 'disabled';

/** The same for groups of the consumer protocol (KIP-848). */
export interface ConsumerGroupOptions {
  /** How often members are to send heartbeats (`group.consumer.heartbeat.interval.ms`). */
  readonly heartbeatIntervalMs: number;
  /** Bounds of what one group may have instead (`group.consumer.min.heartbeat.interval.ms` and `max`). */
  readonly minHeartbeatIntervalMs: number;
  readonly maxHeartbeatIntervalMs: number;
  /** How long a member may be silent (`group.consumer.session.timeout.ms`). */
  readonly sessionTimeoutMs: number;
  /** Bounds of what one group may have instead (`group.consumer.min.session.timeout.ms` and `max`). */
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /**
   * How long a target is kept at least, so that members who come together get one together
   * (`group.consumer.assignment.interval.ms`).
   */
  readonly assignmentIntervalMs: number;
  /** Members that a group may have (`group.consumer.max.size`). */
  readonly maxGroupSize: number;
  /** Which groups with members change their protocol (`group.consumer.migration.policy`). */
  readonly migrationPolicy: MigrationPolicy;
}

/** Characters that a client may attach to an offset (`offset.metadata.max.bytes`). */
export const MAX_OFFSET_METADATA_LENGTH = 4096;

/** How long a request waits until what it changes is durable (`offsets.commit.timeout.ms`), ms. */
export const WRITE_TIMEOUT_MS = 5_000;

/** How often expired offsets are looked for (`offsets.retention.check.interval.ms`), ms. */
export const EXPIRY_INTERVAL_MS = 600_000;
