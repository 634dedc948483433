import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as Levels from '../../../src/formats/levels.js';
import { BUILT_MAIN } from '../../support/broker.js';

/** A build of the release after this one. */
export interface NextRelease {
  readonly version: string;
  readonly main: string;
  /** The format level that it adds. */
  readonly level: number;
  remove(): Promise<void>;
}

const DIST = dirname(BUILT_MAIN);
const ROOT = dirname(DIST);
const VERSION = '99.0.0';

/**
 * Copies this build and gives it one format level more, at which it writes the next version of every format. Its bytes are
 * those of the version before, but for the numbers: these are what others look at first, and refuse.
 */
export async function buildNextRelease(): Promise<NextRelease> {
  const folder = await mkdtemp(join(tmpdir(), 'kafscale-next-release-'));
  const dist = join(folder, 'dist');
  await cp(DIST, dist, { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as object;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: VERSION }));
  const { FORMAT_LEVELS, OLDEST_WRITTEN_LEVEL } = (await import(join(DIST, 'formats', 'levels.js'))) as typeof Levels;
  const newest = Object.entries(FORMAT_LEVELS.at(-1) ?? {}) as [string, number][];
  const levels = [...FORMAT_LEVELS, Object.fromEntries(newest.map(([format, version]) => [format, version + 1]))];
  await writeFile(
    join(dist, 'formats', 'levels.js'),
    `export const FORMAT_LEVELS = ${JSON.stringify(levels)};\nexport const OLDEST_WRITTEN_LEVEL = ${OLDEST_WRITTEN_LEVEL};\n`,
  );
  return {
    version: VERSION,
    main: join(dist, 'main.js'),
    level: levels.length,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
