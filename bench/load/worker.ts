/** The load process: takes one job after the other from its parent, and answers each with its result. */
import { Connection } from './connection.js';
import { GroupCrowd } from './group-crowd.js';
import { HeldConnections } from './held-connections.js';
import type { CreateTopicJob, Job, Results } from './jobs.js';
import { awaitEndOffsets, createTopic } from './requests.js';
import { runAcks } from './run-acks.js';
import { runCommits } from './run-commits.js';
import { runConsume } from './run-consume.js';
import { runFirstUse } from './run-first-use.js';
import { runProduce } from './run-produce.js';
import { runTrickle } from './run-trickle.js';

const crowd = new GroupCrowd();
const held = new HeldConnections();

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.once('disconnect', () => process.exit());

async function run(job: Job): Promise<Results[Job['kind']]> {
  switch (job.kind) {
    case 'create-topic':
      return runCreateTopic(job);
    case 'produce':
      return runProduce(job);
    case 'consume':
      return runConsume(job);
    case 'acks':
      return runAcks(job);
    case 'trickle':
      return runTrickle(job);
    case 'first-use':
      return runFirstUse(job);
    case 'join-groups':
      return crowd.join(job);
    case 'heartbeats':
      return crowd.observe(job);
    case 'leave-group':
      return crowd.leave();
    case 'close-groups':
      crowd.close();
      return null;
    case 'commit-offsets':
      return runCommits(job);
    case 'open-connections':
      return held.open(job);
    case 'ask-connections':
      return held.ask();
    case 'close-connections':
      held.close();
      return null;
  }
}

async function runCreateTopic({ bootstrap, topic, partitions }: CreateTopicJob): Promise<null> {
  const connection = await Connection.open(bootstrap);
  try {
    await createTopic(connection, topic, partitions);
    await awaitEndOffsets(connection, topic, partitions);
  } finally {
    connection.close();
  }
  return null;
}
