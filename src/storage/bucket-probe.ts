import { checksumOf } from './pieces.js';
import { probeKey } from './object-keys.js';
import {
  ObjectAccessError,
  ObjectExistsError,
  ObjectNotFoundError,
  type CallOptions,
  type ObjectStore,
} from './object-store.js';
import { readIntact } from './read-intact.js';

/** The store lacks something that the broker can't do without; no retry mends that. */
export class UnfitStoreError extends Error {
  override readonly name = 'UnfitStoreError';
}

/** A right is missing. Whoever may change that reads this: it names the action and the resource of the policy. */
export class MissingPermissionError extends Error {
  override readonly name = 'MissingPermissionError';
}

const CONTENT = Buffer.from('KafScale was here to see what it may do.\n');
const CHECKSUM = checksumOf([CONTENT]);

type Step = (options: CallOptions) => Promise<void>;

/**
 * Tries out, once at a broker's start, that the bucket can be listed, that objects can be created, read and deleted, and
 * that a key which is taken is refused: a store that ignores `If-None-Match: *` would let two brokers overwrite each
 * other's records (I2). All tries use one object with a random key, which is removed at the end.
 */
export class BucketProbe {
  private readonly key: string;
  private readonly steps: readonly Step[];
  private stepsDone = 0;

  /** @param id random, so that brokers that start together don't meet */
  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string,
    private readonly namespace: string,
    id: string,
  ) {
    this.key = probeKey(namespace, id);
    this.steps = [
      (options) => this.list(options),
      (options) => this.create(options),
      (options) => this.createAgain(options),
      (options) => this.read(options),
      (options) => this.compareChecksum(options),
      (options) => this.remove(options),
    ];
  }

  /**
   * Can be repeated when it failed: each step that went well is done with, so that a store that fails now and then is
   * tried out in the end. Only when a permission is missing does the next run begin anew.
   *
   * @throws UnfitStoreError when the store overwrites
   * @throws MissingPermissionError naming what is missing
   * @throws ObjectStoreError when the store failed
   */
  async run(options: CallOptions = {}): Promise<void> {
    for (let step = this.steps[this.stepsDone]; step !== undefined; step = this.steps[this.stepsDone]) {
      try {
        await step(options);
      } catch (error) {
        if (error instanceof UnfitStoreError || error instanceof MissingPermissionError) await this.giveUp(options);
        throw error;
      }
      this.stepsDone += 1;
    }
  }

  private async giveUp(options: CallOptions): Promise<void> {
    // What is wrong is told already; a second failure would hide it.
    await this.remove(options).catch(() => undefined);
    this.stepsDone = 0;
  }

  private list(options: CallOptions): Promise<void> {
    return this.needs('s3:ListBucket', `arn:aws:s3:::${this.bucket}`, () => this.store.check(options));
  }

  private async create(options: CallOptions): Promise<void> {
    try {
      await this.put(options);
    } catch (error) {
      // The key is ours alone: an earlier try was carried out although it seemed to fail.
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }

  private async createAgain(options: CallOptions): Promise<void> {
    try {
      await this.put(options);
    } catch (error) {
      if (error instanceof ObjectExistsError) return;
      throw error;
    }
    throw new UnfitStoreError(
      'it overwrites objects: a second PutObject of the same key with "If-None-Match: *" was carried out, where 412 ' +
        'Precondition Failed is required. Use a server that has conditional writes',
    );
  }

  private put(options: CallOptions): Promise<void> {
    return this.needs('s3:PutObject', this.objects, () =>
      this.store.create(this.key, [CONTENT], { ...options, crc32c: CHECKSUM }),
    );
  }

  private read(options: CallOptions): Promise<void> {
    return this.sameAsWritten(async () => {
      const range = { start: 0, length: CONTENT.length };
      return checksumOf([await this.store.read(this.key, range, options)]);
    });
  }

  private compareChecksum(options: CallOptions): Promise<void> {
    return this.sameAsWritten(async () => (await this.store.head(this.key, options)).crc32c);
  }

  /** What arrives damaged once is asked for again: that is the network's fault. */
  private async sameAsWritten(readChecksum: () => Promise<number>): Promise<void> {
    const check = async () => {
      if ((await this.needs('s3:GetObject', this.objects, readChecksum)) === CHECKSUM) return;
      throw new UnfitStoreError('it gives other bytes, or another checksum, than what it was told to store');
    };
    try {
      await readIntact(check, (error) => error instanceof UnfitStoreError);
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      const message = 'it does not show an object that it has just stored: it must be consistent';
      throw new UnfitStoreError(message, { cause: error });
    }
  }

  private remove(options: CallOptions): Promise<void> {
    return this.needs('s3:DeleteObject', this.objects, () => this.store.delete([this.key], options));
  }

  private get objects(): string {
    return `arn:aws:s3:::${this.bucket}/${this.namespace}/*`;
  }

  private async needs<T>(action: string, resource: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ObjectAccessError)) throw error;
      const what = error.deniedAction ?? action;
      const where = what === action ? ` on ${resource}` : ' (the key that encrypts the objects)';
      throw new MissingPermissionError(`missing permission: ${what}${where}. ${error.message}`, { cause: error });
    }
  }
}
