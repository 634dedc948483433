import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How the proto files are read, on either side of a connection. */
export const PROTO_OPTIONS = { defaults: true, longs: Number, enums: String } as const;

/**
 * The path of a file in `proto/`: beside the built program, or in the source tree.
 *
 * @throws Error when this installation lacks it
 */
export function protoFile(name: string): string {
  const places = [`../proto/${name}`, `../../proto/${name}`];
  const path = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (path === undefined) throw new Error(`${name} is missing from this installation`);
  return path;
}
