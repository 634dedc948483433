import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { silentLogger } from '../logging/logger.js';
import { ErrorCode } from '../protocol/errors.js';
import { systemClock } from '../time/clock.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { TOPIC_DEFAULTS_KEY } from './keys.js';
import { MetadataFormatError } from './metadata-store.js';
import { TopicDefaults } from './topic-defaults.js';

let store: EmbeddedMetadataStore;
let unreliable: FaultyMetadataStore;
let defaults: TopicDefaults;

async function open(): Promise<TopicDefaults> {
  const opened = new TopicDefaults(unreliable, systemClock, silentLogger, () => 0);
  await opened.start();
  return opened;
}

const set = (name: string, value: string) => (before: ReadonlyMap<string, string>) => new Map(before).set(name, value);

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  unreliable = new FaultyMetadataStore(store);
  defaults = await open();
});
afterEach(() => store.close());

describe('TopicDefaults', () => {
  test('hold as soon as they are set, in every process, and after a restart', async () => {
    const other = await open();
    expect(defaults.configs.size).toBe(0);
    await defaults.alter(set('max.message.bytes', '100'));
    await defaults.alter(set('retention.ms', '1'));
    const expected = new Map([
      ['max.message.bytes', '100'],
      ['retention.ms', '1'],
    ]);
    for (const known of [defaults, other, await open()]) expect(known.configs).toEqual(expected);
    for (const known of [defaults, other]) known.close();
  });

  test('stand under what a topic says itself', async () => {
    await defaults.alter(set('max.message.bytes', '100'));
    const own = new Map([['max.message.bytes', '7']]);
    expect(defaults.under(own).get('max.message.bytes')).toBe('7');
    expect(defaults.under(new Map()).get('max.message.bytes')).toBe('100');
  });

  test('two changes at once are both made', async () => {
    const other = await open();
    await Promise.all([defaults.alter(set('retention.ms', '1')), other.alter(set('retention.bytes', '2'))]);
    expect((await open()).configs).toEqual(
      new Map([
        ['retention.ms', '1'],
        ['retention.bytes', '2'],
      ]),
    );
  });

  test('a change whose answer is lost is made once', async () => {
    unreliable.loseAnswers('after it was applied', 'before it is applied');
    await defaults.alter(set('retention.ms', '1'));
    expect(defaults.configs).toEqual(new Map([['retention.ms', '1']]));
  });

  test('a value that is not allowed changes nothing', async () => {
    await expect(defaults.alter(set('retention.ms', 'soon'))).rejects.toMatchObject({ code: ErrorCode.INVALID_CONFIG });
    expect(await store.get(TOPIC_DEFAULTS_KEY)).toBeUndefined();
  });

  test('a newer format is refused at the start', async () => {
    const value = Buffer.from('800102', 'hex');
    await store.txn({ compare: [], success: [{ type: 'put', key: TOPIC_DEFAULTS_KEY, value }] });
    await expect(open()).rejects.toThrow(MetadataFormatError);
  });
});
