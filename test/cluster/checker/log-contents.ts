import type { HistoryEvent } from './events.js';

/** The log as it is in the end: keys by partition and offset. Offsets begin at 0. */
export class LogContents {
  private readonly partitions = new Map<number, (string | undefined)[]>();
  /** By key: partitions and offsets. */
  private readonly places = new Map<string, { readonly partition: number; readonly offset: number }[]>();

  /** What the last of the final readers was shown. */
  constructor(events: readonly HistoryEvent[]) {
    const last = events.findLast((event) => event.type === 'reader' && event.final === true);
    const reader = last?.type === 'reader' ? last.reader : undefined;
    for (const event of events) {
      if (event.type !== 'poll' || event.reader !== reader) continue;
      const keys = this.keysOf(event.partition);
      for (const [index, key] of event.keys.entries()) keys[event.offset + index] = key;
    }
    for (const [partition, keys] of this.partitions) {
      for (const [offset, key] of keys.entries()) {
        if (key === undefined) continue;
        const places = this.places.get(key);
        if (places === undefined) this.places.set(key, [{ partition, offset }]);
        else places.push({ partition, offset });
      }
    }
  }

  get partitionNumbers(): number[] {
    return [...this.partitions.keys()].sort((a, b) => a - b);
  }

  /** By offset; undefined where nothing was shown. */
  keysOf(partition: number): (string | undefined)[] {
    let keys = this.partitions.get(partition);
    if (keys === undefined) this.partitions.set(partition, (keys = []));
    return keys;
  }

  placesOf(key: string): readonly { readonly partition: number; readonly offset: number }[] {
    return this.places.get(key) ?? [];
  }

  isEmpty(): boolean {
    return this.places.size === 0;
  }
}
