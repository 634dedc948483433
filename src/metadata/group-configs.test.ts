import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { until } from '../../test/support/until.js';
import { silentLogger } from '../logging/logger.js';
import { systemClock } from '../time/clock.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { GroupConfigs } from './group-configs.js';
import { groupConfigKey } from './keys.js';
import { MetadataFormatError } from './metadata-store.js';

const TIMEOUT_MS = 5_000;

let store: EmbeddedMetadataStore;
let unreliable: FaultyMetadataStore;
let configs: GroupConfigs;

async function open(): Promise<GroupConfigs> {
  const opened = new GroupConfigs(unreliable, systemClock, silentLogger, () => 0);
  await opened.start();
  return opened;
}

const set = (name: string, value: string) => (before: ReadonlyMap<string, string>) => new Map(before).set(name, value);
const none = () => new Map<string, string>();

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  unreliable = new FaultyMetadataStore(store);
  configs = await open();
});
afterEach(async () => {
  configs.close();
  await store.close();
});

describe('configurations of groups', () => {
  test('hold as soon as they are set, in every process, and after a restart', async () => {
    const other = await open();
    await configs.alter('a/b', set('x', '1'), TIMEOUT_MS);
    await configs.alter('a/b', set('y', '2'), TIMEOUT_MS);
    const expected = new Map(Object.entries({ x: '1', y: '2' }));
    expect(configs.get('a/b')).toEqual(expected);
    await until('the other process', () => Promise.resolve(other.get('a/b').size === 2 || undefined));
    const later = await open();
    expect(later.get('a/b')).toEqual(expected);
    expect(later.groupIds()).toEqual(['a/b']);
    expect(later.get('a').size).toBe(0);
    for (const known of [other, later]) known.close();
  });

  test('leave nothing behind when they are all gone, and can be set again', async () => {
    const other = await open();
    await configs.alter('g', none, TIMEOUT_MS);
    await configs.alter('g', set('x', '1'), TIMEOUT_MS);
    await configs.alter('g', none, TIMEOUT_MS);
    expect(configs.groupIds()).toEqual([]);
    expect(await store.get(groupConfigKey('g'))).toBeUndefined();
    await configs.alter('g', set('x', '2'), TIMEOUT_MS);
    await until('the other process', () => Promise.resolve(other.get('g').get('x') === '2' || undefined));
    await configs.alter('g', none, TIMEOUT_MS);
    await until('the other process', () => Promise.resolve(other.groupIds().length === 0 || undefined));
    other.close();
  });

  test('two changes at once are both made', async () => {
    const other = await open();
    await Promise.all([configs.alter('g', set('x', '1'), TIMEOUT_MS), other.alter('g', set('y', '2'), TIMEOUT_MS)]);
    const later = await open();
    expect(later.get('g').size).toBe(2);
    for (const known of [other, later]) known.close();
  });

  test('a change whose answer is lost is made once', async () => {
    unreliable.loseAnswers('after it was applied', 'before it is applied');
    await configs.alter('g', set('x', '1'), TIMEOUT_MS);
    expect(configs.get('g')).toEqual(new Map([['x', '1']]));
  });

  test('a change that fails changes nothing', async () => {
    const refuse = () => {
      throw new RangeError('no');
    };
    await expect(configs.alter('g', refuse, TIMEOUT_MS)).rejects.toThrow(RangeError);
    expect(configs.groupIds()).toEqual([]);
  });

  test('a newer format is refused at the start', async () => {
    const value = Buffer.from('800102', 'hex');
    await store.txn({ compare: [], success: [{ type: 'put', key: groupConfigKey('g'), value }] });
    await expect(open()).rejects.toThrow(MetadataFormatError);
  });
});
