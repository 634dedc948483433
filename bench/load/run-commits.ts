import { setTimeout as delay } from 'node:timers/promises';
import { OffsetCommit } from '../../src/protocol/schema/index.js';
import { bodyOf, Connection, frameOf } from './connection.js';
import type { Frame } from './connection.js';
import type { CommitOffsetsJob, Results } from './jobs.js';
import { summarize } from './latencies.js';

const VERSION = 9;
const TICK_MS = 5;

/** See {@link CommitOffsetsJob}. A commit is timed from when it was due, as records are in `run-trickle.ts`. */
export async function runCommits(job: CommitOffsetsJob): Promise<Results['commit-offsets']> {
  const frames = framesOf(job);
  const connections = await Connection.openMany(job.bootstrap, job.connections);
  const samples: number[] = [];
  let sent = 0;
  let refused = 0;
  const commit = async (dueAt: number): Promise<void> => {
    const connection = connections[sent % connections.length] as Connection;
    const frame = frames[sent % frames.length] as Frame;
    sent += 1;
    if (isCommitted(await connection.exchange(frame))) samples.push(performance.now() - dueAt);
    else refused += 1;
  };
  const startedAt = performance.now();
  try {
    if (job.pace === 'as fast as possible') {
      const sendUntilDone = async (): Promise<void> => {
        while (performance.now() - startedAt < job.durationMs) await commit(performance.now());
      };
      await Promise.all(Array.from({ length: job.connections * job.inFlight }, sendUntilDone));
    } else {
      await commitAtRate(job.pace.offsetsPerSecond / job.offsetsPerRequest, job.durationMs, commit);
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const offsets = samples.length * job.offsetsPerRequest;
  return { offsets, refused, seconds, ack: summarize(samples) };
}

async function commitAtRate(perSecond: number, durationMs: number, commit: (dueAt: number) => Promise<void>) {
  const startedAt = performance.now();
  const total = Math.round((perSecond * durationMs) / 1000);
  const acknowledged: Promise<void>[] = [];
  while (acknowledged.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
    while (acknowledged.length < due) acknowledged.push(commit(startedAt + (acknowledged.length * 1000) / perSecond));
    await delay(TICK_MS);
  }
  await Promise.all(acknowledged);
}

/** Frames that together commit each partition of each group once, the groups taking turns. */
function framesOf({ topic, partitions, groups, offsetsPerRequest }: CommitOffsetsJob): Frame[] {
  return Array.from({ length: (groups * partitions) / offsetsPerRequest }, (_, index) => {
    const first = Math.floor(index / groups) * offsetsPerRequest;
    const committed = Array.from({ length: offsetsPerRequest }, (_, at) => {
      return { partitionIndex: first + at, committedOffset: index, committedMetadata: '' };
    });
    return frameOf(OffsetCommit, VERSION, {
      groupId: `${topic}-${index % groups}`,
      memberId: '',
      topics: [{ name: topic, partitions: committed }],
    });
  });
}

function isCommitted(answer: Buffer): boolean {
  const { topics } = bodyOf(OffsetCommit, VERSION, answer);
  return topics.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === 0));
}
