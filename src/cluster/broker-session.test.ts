import { describe, expect, test } from '@jest/globals';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../test/support/test-broker.js';
import { silentLogger } from '../logging/logger.js';
import { assignmentKey, BROKERS_PREFIX, INCARNATIONS_PREFIX, partitionStateKey } from '../metadata/keys.js';
import { decodeBrokerRegistration, decodePartitionAssignment, decodePartitionState } from '../metadata/records.js';
import { ErrorCode } from '../protocol/errors.js';
import { ClusterMirror } from './cluster-mirror.js';
import { ClusterView } from './cluster-view.js';
import { SupersededError } from './incarnation.js';

async function assignmentOf(kit: LogKit, topic: string, partition = 0) {
  const entry = await kit.storedMetadata.get(assignmentKey(topic, partition));
  return entry && decodePartitionAssignment(entry.value, entry.key);
}

describe('membership', () => {
  test('a broker registers itself under its lease', async () => {
    const kit = new LogKit();
    const { session } = await new TestBroker(kit, 'a').start();
    const [entry] = (await kit.storedMetadata.range(BROKERS_PREFIX)).entries;
    expect(entry && decodeBrokerRegistration(entry.value, entry.key)).toMatchObject({
      brokerId: '1',
      host: 'broker.example',
      port: 9092,
      rack: 'a',
      incarnationId: 'a-1',
    });
    expect(session.isLive).toBe(true);
    await kit.clock.until(session.stop());
    expect((await kit.storedMetadata.range(BROKERS_PREFIX)).entries).toEqual([]);
    expect((await kit.storedMetadata.range(INCARNATIONS_PREFIX)).entries).toEqual([]);
  });

  test('I4: a restarted broker ends its predecessor at once, which then ends itself', async () => {
    const kit = new LogKit();
    const first = await new TestBroker(kit, 'a').start();
    const topic = await first.createTopic('orders');
    const second = await new TestBroker(successorOf(kit), 'b').start();
    expect(second.log(topic)?.leaderEpoch).toBe(1);
    await expect(kit.clock.until(first.session.failed)).rejects.toThrow(SupersededError);
    expect(first.session.isLive).toBe(false);
    expect(second.session.isLive).toBe(true);
  });

  test('a lost lease costs the memory of the logs, and nothing that was acknowledged', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('orders');
    await broker.produce(topic, ['kept']);
    kit.objects.setFaults({ failBefore: 1 });
    const lost = broker.log(topic)?.append(batchOf(['lost'])).committed;
    const refused = expect(lost).rejects.toMatchObject({ code: ErrorCode.NOT_LEADER_OR_FOLLOWER });
    kit.storedMetadata.expireLeases();
    kit.objects.setFaults({});
    await kit.clock.advance(1_000);
    await refused;
    expect(broker.session.incarnationId).toBe('a-2');
    expect(broker.log(topic)).toMatchObject({ leaderEpoch: 1, highWatermark: 1, logEndOffset: 1 });
  });

  test('I1: a stop commits what was accepted, whatever the write budget says', async () => {
    const kit = new LogKit({ writeBudgetPerSecond: 1 });
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('orders');
    await broker.produce(topic, ['1']);
    const last = broker.log(topic)?.append(batchOf(['2'])).committed;
    const stopping = broker.session.stop();
    await kit.clock.until(Promise.all([stopping, last]), 0);
    const successor = await new TestBroker(successorOf(kit), 'b').start();
    expect(successor.log(topic)?.highWatermark).toBe(2);
  });

  test('a metadata store that is away while the broker rejoins is waited for', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('orders');
    kit.metadata.setFaults({ failBefore: 1 });
    kit.storedMetadata.expireLeases();
    await kit.clock.advance(60_000);
    expect(broker.session.isLive).toBe(false);
    kit.metadata.setFaults({});
    await kit.clock.advance(10_000);
    expect(broker.session.isLive).toBe(true);
    expect(broker.log(topic)?.isLeading).toBe(true);
  });

  test('R14: asked, the metadata store tells of an end that this broker has not heard of', async () => {
    const kit = new LogKit();
    const { session } = await new TestBroker(kit, 'a').start();
    expect(await kit.clock.until(session.confirmLive())).toBe(true);
    kit.metadata.setFaults({ failBefore: 1 });
    expect(await kit.clock.until(session.confirmLive())).toBe(false);
    kit.metadata.setFaults({ watchLagMs: 60_000 });
    await kit.endIncarnation(session.incarnationId ?? '');
    expect(session.isLive).toBe(true);
    expect(await kit.clock.until(session.confirmLive())).toBe(false);
  });
});

describe('partitions', () => {
  test('follow the topics: opened when created, closed when deleted, fresh when created again', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('orders', 3);
    expect([0, 1, 2, 3].map((partition) => broker.log(topic, partition) !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    await broker.produce(topic, ['old']);
    await kit.clock.until(broker.catalogue.delete('orders'));
    await kit.clock.settle();
    expect(broker.log(topic)).toBeUndefined();
    const reborn = await broker.createTopic('orders');
    expect(reborn.id).not.toBe(topic.id);
    expect(broker.log(reborn)?.highWatermark).toBe(0);
  });

  test('rule 7: each leadership that wrote is a tenure; one that wrote nothing leaves no trace', async () => {
    let kit = new LogKit();
    const first = await new TestBroker(kit, 'a').start();
    const topic = await first.createTopic('orders');
    await first.produce(topic, ['1', '2']);
    for (const name of ['b', 'c', 'd']) {
      kit = successorOf(kit);
      await new TestBroker(kit, name).start();
    }
    expect(await assignmentOf(kit, 'orders')).toMatchObject({
      brokerId: '1',
      epoch: 3,
      incarnationId: 'd-1',
      tenures: [
        { incarnationId: 'a-1', epoch: 0, fromOffset: 0, toOffset: 2 },
        { incarnationId: 'd-1', epoch: 3, fromOffset: 2 },
      ],
    });
    const state = await kit.storedMetadata.get(partitionStateKey('orders', 0));
    expect(state && decodePartitionState(state.value, state.key)).toMatchObject({
      leaderBroker: '1',
      leaderEpoch: 3,
      logEndOffset: 2,
      highWatermark: 2,
    });
  });

  test('a claim whose outcome was unknown is recognised as ours, and not claimed twice', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    kit.metadata.setFaults({ failAfter: 0.6 });
    const topic = await broker.createTopic('orders', 4);
    await kit.clock.advance(20_000);
    kit.metadata.setFaults({});
    await kit.clock.advance(5_000);
    for (let partition = 0; partition < 4; partition += 1) {
      expect(broker.log(topic, partition)?.leaderEpoch).toBe(0);
      expect(await assignmentOf(kit, 'orders', partition)).toMatchObject({ epoch: 0 });
    }
  });

  test('more partitions than one transaction can hold are claimed all the same', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('wide', 500);
    expect(broker.log(topic, 499)?.isLeading).toBe(true);
  });
});

describe('the cluster as clients see it', () => {
  test('shows live brokers and leaders, and waits for a new topic to have them', async () => {
    const kit = new LogKit();
    const broker = await new TestBroker(kit, 'a').start();
    const view = new ClusterView(new ClusterMirror(kit.metadata, silentLogger), 'cluster', 1, kit.clock, (id, p) =>
      kit.logs.leads(id, p),
    );
    broker.session.onOpened(() => view.notify());
    await kit.clock.until(view.start());
    expect(view.brokers()).toMatchObject([
      { id: 1, host: 'broker.example', port: 9092, rack: 'a', incarnationId: 'a-1' },
    ]);
    expect(view.controllerId()).toBe(1);
    const topic = await kit.clock.until(
      broker.catalogue.create({ name: 'orders', partitionCount: 2, replicationFactor: 1, configs: new Map() }),
    );
    expect(await kit.clock.until(view.whenLed(topic, 1000))).toBe(true);
    expect(view.leaderOf(topic, 1)).toEqual({ brokerId: 1, leaderEpoch: 0 });
    expect(await kit.clock.until(view.whenLed({ ...topic, partitionCount: 3 }, 1000))).toBe(false);
    await kit.clock.until(broker.session.stop());
    expect(view.brokers()).toEqual([]);
    expect(view.leaderOf(topic, 1)).toBeUndefined();
  });
});
