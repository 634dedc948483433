/** How often an object is read that arrives damaged: what happened on the way does not happen each time. */
export const READS_OF_DAMAGED = 5;

/**
 * Reads an object and makes sense of it; again, at once, when what arrived makes none: networks flip bits that no checksum
 * of theirs notices.
 *
 * @param read is told whether the last answer was damaged, and throws when this one is
 * @param isDamage tells these errors from those of the store, which are thrown at once
 * @param onDamage called before another try
 * @throws what the last read threw
 */
export async function readIntact<T>(
  read: (wasDamaged: boolean) => Promise<T>,
  isDamage: (error: unknown) => boolean,
  onDamage: (error: unknown, attempt: number) => void = () => undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read(attempt > 1);
    } catch (error) {
      if (!isDamage(error) || attempt === READS_OF_DAMAGED) throw error;
      onDamage(error, attempt);
    }
  }
}
