import { ObjectNotFoundError, type ObjectStore } from '../storage/object-store.js';

/** Tells who wants to know of objects that readers have asked for and that are not in the object store. */
export class MissingObjects {
  private readonly listeners = new Set<(key: string) => void>();

  /** Calls `listener` with the key of each such object. */
  onMissing(listener: (key: string) => void): void {
    this.listeners.add(listener);
  }

  /** The same objects; what is not found there is told of. */
  watch(objects: Pick<ObjectStore, 'read'>): Pick<ObjectStore, 'read'> {
    return {
      read: async (key, range, options) => {
        try {
          return await objects.read(key, range, options);
        } catch (error) {
          if (error instanceof ObjectNotFoundError) for (const listener of this.listeners) listener(key);
          throw error;
        }
      },
    };
  }
}
