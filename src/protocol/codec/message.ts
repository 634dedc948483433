import type { Decoder, Encoder } from './compile.js';
import { compileDecoder, compileEncoder } from './compile.js';
import type { Fields, Infer, Input } from './fields.js';
import type { Version } from './layout.js';
import { Reader } from './reader.js';
import type { VersionRange } from './versions.js';
import { includesVersion } from './versions.js';
import { Writer } from './writer.js';

/** A declared message with the codecs of its versions, each compiled when it is first used (about a millisecond). */
export class Message<F extends Fields = Fields> {
  readonly #decoders: Decoder[] = [];
  readonly #encoders: Encoder[] = [];
  readonly #strictEncoders: Encoder[] = [];

  constructor(
    readonly name: string,
    readonly versions: VersionRange,
    readonly flexible: VersionRange,
    readonly fields: F,
  ) {}

  isFlexible(version: number): boolean {
    return includesVersion(this.flexible, version);
  }

  /**
   * Reads the message at the reader's position. Bytes that follow it are left alone, as Apache Kafka does.
   * @throws MalformedRequestError, or RangeError when the message has no such version
   */
  read(reader: Reader, version: number): Infer<F> {
    const decode = (this.#decoders[version] ??= compileDecoder(
      this.fields,
      this.#version(version),
      `${this.name} v${version} decoder`,
    ));
    return decode(reader) as Infer<F>;
  }

  /**
   * Writes the message. A value that the version cannot carry is dropped, unless `strict` is set and the field is not
   * ignorable.
   * @throws RangeError or TypeError when a value does not fit its field, or the message has no such version
   */
  write(writer: Writer, version: number, value: Input<F>, options = { strict: false }): void {
    const encoders = options.strict ? this.#strictEncoders : this.#encoders;
    const encode = (encoders[version] ??= compileEncoder(
      this.fields,
      this.#version(version),
      `${this.name} v${version} encoder`,
      options,
    ));
    encode(writer, value);
  }

  /** {@link read} for a message on its own. */
  decode(bytes: Buffer, version: number): Infer<F> {
    return this.read(new Reader(bytes), version);
  }

  /** {@link write} for a message on its own. */
  encode(value: Input<F>, version: number, options?: { strict: boolean }): Buffer {
    const writer = new Writer();
    this.write(writer, version, value, options);
    return Buffer.concat(writer.finish());
  }

  #version(version: number): Version {
    if (!Number.isInteger(version) || !includesVersion(this.versions, version)) {
      throw new RangeError(`${this.name} has no version ${version}`);
    }
    return { number: version, flexible: this.isFlexible(version) };
  }
}
