import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { crc32c } from '../../checksum/crc32c.js';
import { inspect } from './inspect.js';
import { damage, type Item } from './item.js';
import { itemAsJson, itemAsText } from './print-item.js';
import { readObject, UnreadableObjectError, type WholeObject } from './read-object.js';

interface InspectOptions {
  readonly json?: boolean;
  readonly records?: boolean;
}

const DAMAGED = 1;
const UNREADABLE = 2;

const HELP = `
An OBJECT is a file or s3://bucket/key. What kind of object it is shows in its first bytes. Buckets are reached as the
environment says: KAFSCALE_S3_REGION, _ENDPOINT, _ACCESS_KEY and so on, else AWS_*.
The exit code is ${DAMAGED} when something is damaged, and ${UNREADABLE} when the object cannot be read.`;

/** `kafscale segment dump|verify`: looks into segments, indexes, WAL objects and manifests, without a broker. */
export function segmentCommand(): Command {
  const segment = new Command('segment').description(
    'Look into stored objects: segments, indexes, WAL objects and manifests.',
  );
  segment
    .command('dump <object>')
    .description('Print what is in an object, and verify it.')
    .option('--records', 'print the records too')
    .option('--json', 'one JSON object for each line')
    .addHelpText('after', HELP)
    .action((location: string, options: InspectOptions) => run(location, options, () => true));
  segment
    .command('verify <object>')
    .description('Verify all checksums, counts and offsets of an object; print only what is damaged.')
    .option('--records', 'decompress and check the records too')
    .option('--json', 'one JSON object for each line')
    .addHelpText('after', HELP)
    .action((location: string, options: InspectOptions) => run(location, options, ({ type }) => type === 'damage'));
  return segment;
}

async function run(location: string, options: InspectOptions, shown: (item: Item) => boolean): Promise<void> {
  let object: WholeObject;
  try {
    object = await readObject(location);
  } catch (error) {
    if (!(error instanceof UnreadableObjectError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = UNREADABLE;
    return;
  }
  await print(lines(location, object, options, shown));
}

function* lines(
  location: string,
  object: WholeObject,
  { json = false, records = false }: InspectOptions,
  shown: (item: Item) => boolean,
): Generator<string, void, undefined> {
  const print = json ? itemAsJson : itemAsText;
  let damages = 0;
  for (const item of itemsOf(location, object, records)) {
    if (item.type === 'damage') damages += 1;
    if (shown(item)) yield `${print(item)}\n`;
  }
  if (damages > 0) process.exitCode = DAMAGED;
  else if (!json) yield `${location}: no damage found\n`;
}

function* itemsOf(location: string, object: WholeObject, records: boolean): Generator<Item, void, undefined> {
  yield* inspect(object.bytes, location, records);
  if (object.announcedCrc32c !== undefined && object.announcedCrc32c !== crc32c(object.bytes)) {
    yield damage(0, 'the bytes that arrived do not have the CRC-32C that the object store has of them');
  }
}

/** Stops quietly when nobody reads any more (`| head`). */
async function print(output: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(output), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
