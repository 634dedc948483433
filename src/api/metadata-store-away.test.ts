import { expect, test } from '@jest/globals';
import { contextOf } from '../../test/support/cluster-records.js';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { ClusterMirror } from '../cluster/cluster-mirror.js';
import { ClusterView } from '../cluster/cluster-view.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { ProducerIdAllocator } from '../metadata/producer-ids.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { TopicDefaults } from '../metadata/topic-defaults.js';
import { ZERO_UUID } from '../protocol/codec/index.js';
import { ErrorCode } from '../protocol/errors.js';
import { CreateTopicsHandler } from './topics/create-topics.handler.js';
import { DeleteTopicsHandler } from './topics/delete-topics.handler.js';
import { InitProducerIdHandler } from './records/init-producer-id.handler.js';
import { MetadataHandler } from './topics/metadata.handler.js';
import { TopicCreation } from './topics/topic-creation.js';

const NEW_TOPIC = { name: 'new', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };

/** What handlers answer in virtual time, before and after the metadata store has gone away. */
async function bench() {
  const clock = new VirtualClock();
  const store = new FaultyMetadataStore(EmbeddedMetadataStore.inMemory(), { clock });
  const catalogue = new TopicCatalogue(store, clock, silentLogger, () => 0);
  const defaults = new TopicDefaults(store, clock, silentLogger);
  const view = new ClusterView(new ClusterMirror(store, silentLogger), 'cluster', 1, clock, () => true);
  await clock.until(Promise.all([catalogue.start(), view.start()]));
  const creation = new TopicCreation(catalogue, view, { partitions: 1 }, silentLogger);
  const options = { allowAdminApis: true };
  const handlers = {
    createTopics: new CreateTopicsHandler(catalogue, view, creation, defaults, options),
    remove: new DeleteTopicsHandler(catalogue, silentLogger, options),
    metadata: new MetadataHandler(catalogue, view, creation, { autoCreateTopics: true }),
    initProducerId: new InitProducerIdHandler(new ProducerIdAllocator(store, clock, () => 0), silentLogger),
  };
  const create = (name: string) =>
    handlers.createTopics.handle({ topics: [{ ...NEW_TOPIC, name }], timeoutMs: 5_000, validateOnly: false });
  return { clock, store, create, ...handlers };
}

test('a metadata store that is away: whoever needs it is told to try again, and known topics stay known', async () => {
  const { clock, store, create, remove, metadata, initProducerId } = await bench();
  await clock.until(create('known'));
  store.setFaults({ failBefore: 1 });

  expect((await clock.until(create('new'))).topics).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }]);
  const deletion = remove.handle({ topics: [], topicNames: ['known'], timeoutMs: 5_000 }, contextOf(5));
  expect((await clock.until(deletion)).responses).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }]);
  const asked = metadata.handle(
    {
      topics: ['known', 'new'].map((name) => ({ name, topicId: ZERO_UUID })),
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    },
    contextOf(12),
  );
  expect((await clock.until(asked)).topics).toMatchObject([
    { name: 'known', errorCode: ErrorCode.NONE },
    { name: 'new', errorCode: ErrorCode.LEADER_NOT_AVAILABLE },
  ]);
  const producer = { transactionalId: null, transactionTimeoutMs: 0, producerId: -1, producerEpoch: -1 };
  const allotment = initProducerId.handle(producer);
  await expect(clock.until(allotment)).rejects.toMatchObject({ code: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS });
});
