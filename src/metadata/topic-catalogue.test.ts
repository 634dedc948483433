import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../test/support/eventually.js';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { silentLogger } from '../logging/logger.js';
import { ErrorCode } from '../protocol/errors.js';
import { systemClock } from '../time/clock.js';
import { hasDeletedNamesake } from './deleted-namesake.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { assignmentKey, deletedTopicKey, partitionStateKey, topicConfigKey } from './keys.js';
import { MetadataFormatError, MetadataUnavailableError } from './metadata-store.js';
import { decodeDeletedTopic, decodeTopicConfig } from './records.js';
import { TopicCatalogue, type NewTopic } from './topic-catalogue.js';
import { uuidOf } from './uuid.js';

const orders: NewTopic = { name: 'orders', partitionCount: 3, replicationFactor: 1, configs: new Map() };
const errorCode = (code: ErrorCode) => expect.objectContaining({ code }) as unknown as Error;

let store: EmbeddedMetadataStore;
let unreliable: FaultyMetadataStore;
let catalogue: TopicCatalogue;

async function newCatalogue(): Promise<TopicCatalogue> {
  const another = new TopicCatalogue(unreliable, systemClock, silentLogger, () => 0);
  await another.start();
  return another;
}

function put(key: string, value: Buffer) {
  return store.txn({ compare: [], success: [{ type: 'put', key, value }] });
}

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  unreliable = new FaultyMetadataStore(store);
  catalogue = await newCatalogue();
});

afterEach(() => store.close());

describe('TopicCatalogue', () => {
  test('shows a topic as soon as it is created, to every process', async () => {
    const other = await newCatalogue();
    const configs = new Map([['retention.ms', '1000']]);
    const topic = await catalogue.create({ ...orders, configs });

    expect(topic.id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    expect(catalogue.get('orders')).toEqual(topic);
    expect(catalogue.getById(topic.id)).toEqual(topic);
    expect(other.all()).toEqual([topic]);
    expect(topic).toMatchObject({ partitionCount: 3, replicationFactor: 1, configs });
  });

  test('stores what other programs read', async () => {
    await catalogue.create({ ...orders, configs: new Map([['retention.ms', '1000']]) });
    const key = topicConfigKey('orders');
    const record = decodeTopicConfig((await store.get(key))!.value, key);
    expect(record).toMatchObject({ name: 'orders', partitions: 3, retentionMs: 1000, retentionBytes: -1 });
    expect(record.config).toEqual({ 'retention.ms': '1000' });
    expect(record.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('lets exactly one of two creations at once win', async () => {
    const other = await newCatalogue();
    const results = await Promise.allSettled([catalogue.create(orders), other.create(orders)]);
    const failures = results.filter((result) => result.status === 'rejected');
    expect(failures.map(({ reason }) => reason as unknown)).toEqual([errorCode(ErrorCode.TOPIC_ALREADY_EXISTS)]);
    expect(catalogue.get('orders')).toEqual(other.get('orders'));
  });

  test('recognises its own creation when the answer is lost (I9)', async () => {
    unreliable.loseAnswers('after it was applied', 'before it is applied');
    const topic = await catalogue.create(orders);
    expect(catalogue.get('orders')?.id).toBe(topic.id);
  });

  test('reports another creation as such although answers are lost', async () => {
    unreliable.loseAnswers('before it is applied');
    const creation = catalogue.create(orders);
    await put(topicConfigKey('orders'), await foreignTopic('orders'));
    await expect(creation).rejects.toEqual(errorCode(ErrorCode.TOPIC_ALREADY_EXISTS));
  });

  test('gives up when no answer comes in time', async () => {
    unreliable.loseAnswers(...Array<'before it is applied'>(10).fill('before it is applied'));
    await expect(catalogue.create(orders, 60)).rejects.toBeInstanceOf(MetadataUnavailableError);
  });

  test.each<[Partial<NewTopic>, ErrorCode]>([
    [{ name: 'a/b' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    [{ name: 'old_orders' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    [{ name: 'old.orders' }, ErrorCode.TOPIC_ALREADY_EXISTS],
    [{ partitionCount: 0 }, ErrorCode.INVALID_PARTITIONS],
    [{ replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    [{ configs: new Map([['no.such', '1']]) }, ErrorCode.INVALID_CONFIG],
  ])('refuses %j', async (part, code) => {
    await catalogue.create({ ...orders, name: 'old.orders' });
    await expect(catalogue.create({ ...orders, ...part })).rejects.toEqual(errorCode(code));
    expect(catalogue.all()).toHaveLength(1);
  });

  test('deletes everything of a topic, and nothing of its neighbours', async () => {
    const neighbour = await catalogue.create({ ...orders, name: 'orders2' });
    const topic = await catalogue.create(orders);
    for (const name of ['orders', 'orders2']) {
      await put(partitionStateKey(name, 0), Buffer.from([]));
      await put(assignmentKey(name, 0), Buffer.from([]));
    }
    await catalogue.delete('orders');
    expect(catalogue.get('orders')).toBeUndefined();
    expect(catalogue.getById(topic.id)).toBeUndefined();
    expect(catalogue.all()).toEqual([neighbour]);
    const left = [...(await store.range('topics/')).entries, ...(await store.range('assignments/')).entries];
    expect(left.map(({ key }) => key)).toEqual([
      'topics/orders2/config',
      'topics/orders2/partitions/0',
      'assignments/orders2/0',
    ]);
  });

  test('gives a re-created topic another id', async () => {
    const before = await catalogue.create(orders);
    await catalogue.delete('orders');
    const after = await catalogue.create(orders);
    expect(after.id).not.toBe(before.id);
    expect(catalogue.getById(before.id)).toBeUndefined();
  });

  test('does not delete a namesake with another id', async () => {
    const before = await catalogue.create(orders);
    await catalogue.delete('orders');
    const after = await catalogue.create(orders);
    await expect(catalogue.delete('orders', before.id)).rejects.toEqual(
      errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    );
    expect(catalogue.get('orders')).toEqual(after);
  });

  test('does not delete a namesake that is created while it deletes', async () => {
    await catalogue.create(orders);
    const namesake = await foreignTopic('orders');
    unreliable.loseAnswers('before it is applied');
    const deletion = catalogue.delete('orders');
    await eventually('the first try', () => unreliable.answersToLose === 0);
    await put(topicConfigKey('orders'), namesake);
    await deletion;
    expect((await store.get(topicConfigKey('orders')))?.value).toEqual(namesake);
  });

  test('knows its own deletion when the answer is lost', async () => {
    await catalogue.create(orders);
    unreliable.loseAnswers('after it was applied');
    await catalogue.delete('orders');
    expect(catalogue.all()).toEqual([]);
  });

  test('deletes a topic whose record has changed meanwhile', async () => {
    await catalogue.create(orders);
    const entry = (await store.get(topicConfigKey('orders')))!;
    unreliable.loseAnswers('before it is applied');
    const deletion = catalogue.delete('orders');
    await eventually('the first try', () => unreliable.answersToLose === 0);
    await put(entry.key, entry.value);
    await deletion;
    expect(await store.get(entry.key)).toBeUndefined();
  });

  test('leaves a note that the objects of a deleted topic are to be deleted, in the same transaction', async () => {
    const topic = await catalogue.create(orders);
    unreliable.loseAnswers('before it is applied', 'after it was applied');
    await catalogue.delete('orders');
    const key = deletedTopicKey(topic.id);
    const note = decodeDeletedTopic((await store.get(key))!.value, key);
    expect(note).toMatchObject({ name: 'orders', partitions: orders.partitionCount });
    expect(uuidOf(note.topicId)).toBe(topic.id);
    expect(Date.parse(note.deletedAt)).toBeGreaterThanOrEqual(Date.parse(topic.createdAt));
  });

  test('a namesake knows that the objects of its predecessor may still be there, for as long as the note is', async () => {
    await catalogue.create(orders);
    expect(await hasDeletedNamesake(store, 'orders')).toBe(false);
    const { id } = catalogue.get('orders')!;
    await catalogue.delete('orders');
    await catalogue.create(orders);
    expect(await hasDeletedNamesake(store, 'orders')).toBe(true);
    expect(await hasDeletedNamesake(store, 'order')).toBe(false);
    await store.txn({ compare: [], success: [{ type: 'delete', key: deletedTopicKey(id) }] });
    expect(await hasDeletedNamesake(store, 'orders')).toBe(false);
  });

  test('reports an unknown topic', async () => {
    await expect(catalogue.delete('nobody')).rejects.toEqual(errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
  });

  test('does not start on a topic of a newer version, naming it', async () => {
    await put(topicConfigKey('orders'), Buffer.from('800102', 'hex'));
    await expect(newCatalogue()).rejects.toThrow(MetadataFormatError);
    await expect(newCatalogue()).rejects.toThrow('topics/orders/config');
  });

  test('keeps all topics when one becomes unreadable later', async () => {
    const topic = await catalogue.create(orders);
    await put(topicConfigKey('orders'), Buffer.from('800102', 'hex'));
    const another = await catalogue.create({ ...orders, name: 'another' });
    expect(catalogue.all()).toEqual([topic, another]);
  });

  test('tells listeners of changes until they leave', async () => {
    let heard = 0;
    const stop = catalogue.onChange(() => (heard += 1));
    await catalogue.create(orders);
    expect(heard).toBe(1);
    stop();
    await catalogue.delete('orders');
    expect(heard).toBe(1);
  });
});

async function foreignTopic(name: string): Promise<Buffer> {
  const elsewhere = EmbeddedMetadataStore.inMemory();
  const theirs = new TopicCatalogue(elsewhere, systemClock, silentLogger);
  await theirs.start();
  await theirs.create({ ...orders, name });
  const { value } = (await elsewhere.get(topicConfigKey(name)))!;
  await elsewhere.close();
  return value;
}
