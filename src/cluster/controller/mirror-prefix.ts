import type { KeyValue, MetadataStore, Watch } from '../../metadata/metadata-store.js';

/** Whoever keeps a prefix of the metadata store in memory. None of it may throw. */
export interface PrefixMirror {
  /** A snapshot follows: forgets what it doesn't confirm. */
  reset(entries: readonly KeyValue[]): void;
  put(entry: KeyValue): void;
  drop(key: string): void;
  /** All changes up to this revision were given. */
  reached(revision: number): void;
}

/** Fills a mirror, and keeps it up to date until the watch is closed. */
export function mirrorPrefix(store: MetadataStore, prefix: string, mirror: PrefixMirror): Watch {
  return store.watch(prefix, {
    snapshot: (entries, revision) => {
      mirror.reset(entries);
      mirror.reached(revision);
    },
    changes: (changes, revision) => {
      for (const change of changes) {
        if (change.type === 'put') mirror.put(change.entry);
        else mirror.drop(change.key);
      }
      mirror.reached(revision);
    },
  });
}
