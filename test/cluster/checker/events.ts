/**
 * What clients of a cluster did and were told, in the order in which the test learned of it. All of it concerns one
 * topic. A record is known by its key, `<producer>:<partition>:<sequence>`; sequences of a producer begin at 0 in each
 * partition, and each record is handed to the client library once.
 */
export type HistoryEvent = { /** Milliseconds since 1970. */ readonly at: number } & (
  ProducerEvent | ReaderEvent | GroupEvent | SurfacedEvent | DisturbanceEvent
);

/** Consecutive records of one producer for one partition. */
export interface Sent {
  readonly producer: string;
  readonly partition: number;
  /** Sequence of the first. */
  readonly first: number;
  readonly count: number;
}

export type ProducerEvent =
  /** Once, before anything else of it. */
  | { readonly type: 'producer'; readonly producer: string; readonly idempotent: boolean }
  /** They may be in the log from now on. */
  | ({ readonly type: 'send' } & Sent)
  /** Offset of the first, null where the library doesn't tell it. */
  | ({ readonly type: 'ack'; readonly offset: number | null } & Sent)
  /** Refused for what they are: they are never in the log. */
  | ({ readonly type: 'fail'; readonly error: string } & Sent)
  /** The client gave up: they are in the log or not. */
  | ({ readonly type: 'unknown'; readonly error: string } & Sent);

export type ReaderEvent =
  /** Once, before anything else of it. What a reader with `final` shows last is the log that all is compared with. */
  | { readonly type: 'reader'; readonly reader: string; readonly group?: string; readonly final?: boolean }
  /** Records at consecutive offsets. */
  | {
      readonly type: 'poll';
      readonly reader: string;
      readonly partition: number;
      readonly offset: number;
      readonly keys: readonly string[];
    }
  /** A record that is not what its producer wrote, or whose checksum is wrong. */
  | {
      readonly type: 'damaged';
      readonly reader: string;
      readonly partition: number;
      readonly offset: number;
      readonly what: string;
    }
  /** OFFSET_OUT_OF_RANGE, in a topic that keeps everything. */
  | {
      readonly type: 'out of range';
      readonly reader: string;
      readonly partition: number;
      readonly offset: number;
    };

export type GroupEvent =
  | {
      readonly type: 'assigned' | 'revoked' | 'lost';
      readonly reader: string;
      /** Undefined where the library doesn't tell it. */
      readonly generation: number | undefined;
      readonly partitions: readonly number[];
    }
  /** A member committed, or tried to. */
  | {
      readonly type: 'commit';
      readonly reader: string;
      /** By partition. */
      readonly offsets: Readonly<Record<number, number>>;
      /** `unknown`: the commit failed as far as the member knows. */
      readonly outcome: 'ok' | 'unknown';
    }
  /** What OffsetFetch answered to somebody outside the group: −1 is none. */
  | {
      readonly type: 'committed';
      readonly group: string;
      /** When it was asked, ms since 1970. */
      readonly askedAt: number;
      readonly offsets: Readonly<Record<number, number>>;
    }
  /** The group had all the time it needs: it must have been shown everything. */
  | { readonly type: 'caught up'; readonly group: string };

/** An error that a client library, with the settings it had, didn't get over by itself. */
export interface SurfacedEvent {
  readonly type: 'surfaced';
  readonly client: string;
  readonly error: string;
}

/** For whoever reads the history, and for the count of what happened: nothing is checked about it. */
export interface DisturbanceEvent {
  readonly type: 'disturbance';
  readonly what: string;
}

/** An anomaly, by its name, and where it was seen. */
export interface Violation {
  readonly anomaly: Anomaly;
  readonly what: string;
}

export type Anomaly =
  /** Acknowledged, and not in the log, or at another offset (I1). */
  | 'lost'
  /** Twice in the log, of an idempotent producer (I8). */
  | 'duplicate'
  /** Behind a later record of the same idempotent producer (I8). */
  | 'reordered'
  /** Two records at one offset (I2). */
  | 'overlapping offsets'
  /** Two readers were shown different records at one offset (I3). */
  | 'inconsistent reads'
  /** Offsets went back within an assignment (I3). */
  | 'non-monotone poll'
  /** Offsets were left out within an assignment (I3). */
  | 'gap'
  /** Shown to a reader, and not in the log in the end (I1, I4). */
  | 'uncommitted read'
  /** In the log although it was refused for what it is (I9). */
  | 'refused record'
  /** Nobody sent it, or not to this partition. */
  | 'unknown record'
  | 'damaged record'
  /** OFFSET_OUT_OF_RANGE, which makes consumers start over (R14). */
  | 'out of range'
  /** Two members were assigned a partition in one generation. */
  | 'two owners'
  /** The committed offset went back, or away. */
  | 'commit went back'
  /** The group has gone past records, or ended, without any member having been shown them. */
  | 'skipped by group'
  /** A client library was answered something that it doesn't get over (I9). */
  | 'error surfaced'
  /** There is nothing to check. */
  | 'empty history';

/** The key of a record. */
export function keyOf(producer: string, partition: number, sequence: number): string {
  return `${producer}:${partition}:${sequence}`;
}

/** The parts of a key, undefined when it is none. */
export function parseKey(
  key: string,
): { readonly producer: string; readonly partition: number; readonly sequence: number } | undefined {
  const match = /^([^:]+):(\d+):(\d+)$/.exec(key);
  return match === null ? undefined : { producer: match[1]!, partition: Number(match[2]), sequence: Number(match[3]) };
}
