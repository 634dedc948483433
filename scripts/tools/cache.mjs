import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

const MARKER = '.recipe';

/** Folder of all installed tools: `$KAFSCALE_TOOLS_DIR`, else the user's cache folder. It lies outside the work tree. */
export function toolsDirectory() {
  const { KAFSCALE_TOOLS_DIR, XDG_CACHE_HOME } = process.env;
  return KAFSCALE_TOOLS_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kafscale', 'tools');
}

/** Folder one tool is installed in, whether it is there or not. */
export function toolDirectory(recipe) {
  return join(toolsDirectory(), `${recipe.name}-${recipe.version}`);
}

/** Hash of all that decides what gets installed: version, the recipe's own source and the project files it compiles. */
export function recipeHash(recipe) {
  const hash = createHash('sha256').update(`${recipe.name}\0${recipe.version}`);
  for (const input of recipe.inputs) hash.update('\0').update(readFileSync(input));
  return hash.digest('hex');
}

/** All files of a folder and its subfolders but those in `except`, as inputs of a recipe. */
export function filesOf(folder, except = []) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  return paths
    .filter((path) => !except.some((part) => path.startsWith(join(folder, part))))
    .map((path) => pathToFileURL(path));
}

/** True when the tool is there, complete, and installed by the recipe as it stands now. */
export function isInstalled(recipe) {
  const marker = join(toolDirectory(recipe), MARKER);
  return existsSync(marker) && readFileSync(marker, 'utf8') === recipeHash(recipe);
}

/**
 * Installs a tool unless it is there: into a fresh folder beside its place, then moved there in one step, so that a
 * folder in place is always complete.
 *
 * @returns {Promise<boolean>} false when there was nothing to do
 */
export async function ensureInstalled(recipe) {
  if (isInstalled(recipe)) return false;
  mkdirSync(toolsDirectory(), { recursive: true });
  const release = await lock(`${toolDirectory(recipe)}.lock`);
  try {
    if (isInstalled(recipe)) return false;
    const fresh = `${toolDirectory(recipe)}.${randomUUID()}`;
    try {
      mkdirSync(fresh);
      await recipe.install(fresh);
      writeFileSync(join(fresh, MARKER), recipeHash(recipe));
      moveIntoPlace(fresh, toolDirectory(recipe));
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    return true;
  } finally {
    release();
  }
}

function moveIntoPlace(fresh, place) {
  const old = `${place}.${randomUUID()}`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Keeps two installers from doing the same work twice. A lock whose owner is gone is taken over. Two that take it over
 * at the same instant may both go on: that costs time only, as each builds in a folder of its own.
 */
async function lock(path) {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (ownerIsGone(path)) rmSync(path, { force: true });
    else await delay(200);
  }
}

function ownerIsGone(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // The file exists for an instant before its content does.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
