import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { readFormatLevel, UnsupportedFormatLevelError } from '../metadata/format-level.js';
import { MetadataUnavailableError, type MetadataStore, type Transaction } from '../metadata/metadata-store.js';
import { systemClock } from '../time/clock.js';
import { finalizeFormatLevel, FormatLevelRefusedError, readFormatLevels } from './finalize-format-level.js';
import { Incarnation } from './incarnation.js';

const OLD = { min: 1, max: 1 };
const NEW = { min: 1, max: 2 };

describe('finalizing a format level', () => {
  let store: EmbeddedMetadataStore;
  let registered: Incarnation[];
  beforeEach(() => {
    store = EmbeddedMetadataStore.inMemory();
    registered = [];
  });
  afterEach(async () => {
    await Promise.all(registered.map((incarnation) => incarnation.end()));
    await store.close();
  });

  const join = async (brokerId: number, formatLevels = NEW, through: MetadataStore = store) => {
    const version = `0.${formatLevels.max}.0`;
    const broker = { brokerId, host: 'broker.example', port: 9092, rack: undefined, version };
    const id = `incarnation-${registered.length}`;
    const incarnation = await Incarnation.register(through, broker, id, 10_000, systemClock, { formatLevels });
    registered.push(incarnation);
    return incarnation;
  };
  const finalize = (target?: number, dryRun = false) => finalizeFormatLevel(store, target, systemClock, { dryRun });
  const level = async () => (await readFormatLevel(store)).level;

  /** Runs something between what a transaction was built on and the transaction. */
  const before = (isMeant: (transaction: Transaction) => boolean, intervene: () => Promise<unknown>): MetadataStore => {
    let done = false;
    return new Proxy(store, {
      get: (target, name) => {
        if (name !== 'txn') return Reflect.get(target, name, target) as unknown;
        return async (transaction: Transaction) => {
          if (!done && isMeant(transaction)) {
            done = true;
            await intervene();
          }
          return target.txn(transaction);
        };
      },
    });
  };
  const writes = ({ success }: Transaction) => success.some(({ type }) => type === 'put');

  test('brokers tell what they support, also when they drain', async () => {
    await (await join(2, OLD)).setDraining(true);
    await join(1);
    expect(await readFormatLevels(store)).toMatchObject({
      finalized: { level: 1 },
      highest: 1,
      brokers: [
        { brokerId: 1, version: '0.2.0', supported: NEW },
        { brokerId: 2, version: '0.1.0', supported: OLD },
      ],
    });
  });

  test('is refused while a live broker does not support the level, and names it', async () => {
    await join(1);
    const old = await join(2, OLD);
    await expect(finalize(2)).rejects.toThrow(FormatLevelRefusedError);
    await expect(finalize(2)).rejects.toThrow(
      /level 2 cannot be finalized: broker 2 \(KafScale 0\.1\.0\) supports level 1$/,
    );
    expect(await finalize()).toBe(1);
    expect(await level()).toBe(1);
    await old.end();
    expect(await finalize(2, true)).toBe(2);
    expect(await level()).toBe(1);
    expect(await finalize()).toBe(2);
    expect(await level()).toBe(2);
  });

  test('is refused without brokers, beyond what they support, and downwards', async () => {
    await expect(finalize(2)).rejects.toThrow(/no broker is registered/);
    await join(1);
    await expect(finalize(3)).rejects.toThrow(/broker 1 .* supports levels 1 to 2/);
    await finalize(2);
    await expect(finalize(1)).rejects.toThrow(/never lowered/);
    expect(await finalize(2)).toBe(2);
    expect(await level()).toBe(2);
  });

  test('afterwards brokers that do not support the level are refused, and others join', async () => {
    await join(1);
    await finalize(2);
    await expect(join(2, OLD)).rejects.toThrow(UnsupportedFormatLevelError);
    expect((await join(3)).formatLevel).toBe(2);
  });

  test('I4: a broker that lost its incarnation meanwhile does not get in again', async () => {
    const paused = await join(1, OLD);
    await join(2);
    await paused.end();
    await finalize(2);
    await expect(join(1, OLD)).rejects.toThrow(UnsupportedFormatLevelError);
  });

  test('an older broker that registers at the same moment does not get in', async () => {
    await join(1);
    const racing = join(
      2,
      OLD,
      before(writes, () => finalize(2)),
    );
    // It registers anew, and reads the level again.
    await expect(racing).rejects.toThrow(MetadataUnavailableError);
    await expect(join(2, OLD)).rejects.toThrow(UnsupportedFormatLevelError);
    expect(await level()).toBe(2);
  });

  test('an older broker that has registered at the same moment is not overlooked', async () => {
    await join(1);
    const racing = finalizeFormatLevel(
      before(writes, () => join(2, OLD)),
      2,
      systemClock,
    );
    await expect(racing).rejects.toThrow(/broker 2 .* supports level 1/);
    expect(await level()).toBe(1);
  });

  test('a broker of the same version that registers at the same moment is no hindrance', async () => {
    await join(1);
    const racing = finalizeFormatLevel(
      before(writes, () => join(2)),
      undefined,
      systemClock,
    );
    expect(await racing).toBe(2);
  });

  test('an unknown outcome is told, and trying again is safe', async () => {
    await join(1);
    const faulty = new FaultyMetadataStore(store);
    faulty.loseAnswers('after it was applied');
    await expect(finalizeFormatLevel(faulty, 2, systemClock)).rejects.toThrow(MetadataUnavailableError);
    expect(await finalize(2)).toBe(2);
  });
});
