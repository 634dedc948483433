const PATIENCE_MS = 10_000;

/**
 * Lets the event loop turn until `condition` holds: for what happens in this process, but tells nobody.
 *
 * @throws {Error} after ten seconds
 */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
