import { installedPath } from '../../scripts/tools/registry.mjs';

/** True when the tool is installed, and by its recipe as it stands now. */
export function hasTool(name: string): boolean {
  return installedPath(name) !== undefined;
}

/**
 * Folder of an installed tool (see `scripts/tools/`).
 *
 * @throws {Error} when it isn't installed; the message says how to
 */
export function toolPath(name: string): string {
  const path = installedPath(name);
  if (path === undefined) throw new Error(howToInstall([name]));
  return path;
}

export function howToInstall(names: readonly string[]): string {
  return `not installed: ${names.join(', ')} (run: node scripts/tools/install.mjs ${names.join(' ')})`;
}
