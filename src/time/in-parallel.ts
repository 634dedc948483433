/**
 * Does `work` for every item, for at most `concurrency` of them at a time, in their order. Rejects with the first
 * failure; what is under way then goes on, and no more is begun.
 */
export async function inParallel<T>(
  concurrency: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    try {
      for (let index = next++; index < items.length; index = next++) await work(items[index] as T, index);
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
