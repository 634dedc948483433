import { checksumOf } from './pieces.js';
import { probeKey } from './object-keys.js';
import {
  ObjectAccessError,
  ObjectExistsError,
  ObjectNotFoundError,
  type CallOptions,
  type ObjectStore,
} from './object-store.js';

/** The store lacks something that the broker can't do without; no retry mends that. */
export class UnfitStoreError extends Error {
  override readonly name = 'UnfitStoreError';
}

/** A right is missing. Whoever may change that reads this: it names the action and the resource of the policy. */
export class MissingPermissionError extends Error {
  override readonly name = 'MissingPermissionError';
}

const CONTENT = [Buffer.from('KafScale was here to see what it may do.\n')];
const CHECKSUM = checksumOf(CONTENT);

/**
 * Tries out, once at a broker's start, that the bucket can be listed, that objects can be created, read and deleted, and
 * that a key which is taken is refused: a store that ignores `If-None-Match: *` would let two brokers overwrite each
 * other's records (I2). All tries use one object with a random key, which is removed at the end.
 */
export class BucketProbe {
  private readonly key: string;
  private triedToCreate = false;

  /** @param id random, so that brokers that start together don't meet */
  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string,
    private readonly namespace: string,
    id: string,
  ) {
    this.key = probeKey(namespace, id);
  }

  /**
   * Can be repeated when it failed.
   *
   * @throws UnfitStoreError when the store overwrites
   * @throws MissingPermissionError naming what is missing
   * @throws ObjectStoreError when the store failed
   */
  async run(options: CallOptions = {}): Promise<void> {
    await this.needs('s3:ListBucket', `arn:aws:s3:::${this.bucket}`, () => this.store.check(options));
    await this.create(options);
    try {
      await this.createAgain(options);
      await this.read(options);
    } catch (error) {
      // What is wrong is told already; a second failure would hide it.
      await this.remove(options).catch(() => undefined);
      throw error;
    }
    await this.remove(options);
  }

  private async create(options: CallOptions): Promise<void> {
    const isRepeated = this.triedToCreate;
    this.triedToCreate = true;
    try {
      await this.put(options);
    } catch (error) {
      // An earlier try was carried out although it seemed to fail, or could not be cleaned up.
      if (!(isRepeated && error instanceof ObjectExistsError)) throw error;
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
      this.store.create(this.key, CONTENT, { ...options, crc32c: CHECKSUM }),
    );
  }

  private async read(options: CallOptions): Promise<void> {
    const [length] = CONTENT.map((piece) => piece.length) as [number];
    const bytes = await this.needs('s3:GetObject', this.objects, () =>
      this.store.read(this.key, { start: 0, length }, options),
    ).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      throw new UnfitStoreError('it does not show an object that it has just stored: it must be consistent', {
        cause: error,
      });
    });
    const { crc32c } = await this.needs('s3:GetObject', this.objects, () => this.store.head(this.key, options));
    if (checksumOf([bytes]) !== CHECKSUM || crc32c !== CHECKSUM) {
      throw new UnfitStoreError('it gives other bytes, or another checksum, than what it was told to store');
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
