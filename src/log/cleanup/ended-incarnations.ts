import {
  ASSIGNMENTS_PREFIX,
  commitKey,
  COMMITS_PREFIX,
  incarnationKey,
  INCARNATIONS_PREFIX,
  mergesKey,
  parseKey,
  trimKey,
} from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import {
  decodeIncarnationCommit,
  decodePartitionAssignment,
  decodeTrimMark,
  decodeWalMerges,
} from '../../metadata/records.js';
import { walPrefix } from '../../storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../../storage/object-store.js';
import type { Logger } from '../../logging/logger.js';
import type { Clock } from '../../time/clock.js';
import type { ObjectRemover } from './object-remover.js';

export interface EndedIncarnationsOptions {
  readonly namespace: string;
  /** How long objects stay that nobody needs any more, ms: longer than any reader takes. */
  readonly graceMs: number;
  /** How often the leftovers of an incarnation whose WAL is still needed are looked for, ms. */
  readonly leftoversIntervalMs: number;
}

/** What the metadata store says of an ended incarnation's WAL. It is final. */
interface FinalWal {
  readonly committedSequence: number;
  readonly trimmedSequence: number;
  readonly merges: readonly { readonly from: number; readonly to: number; readonly key: string }[];
}

/**
 * Removes the WAL of incarnations that have ended (commit protocol, rule 11).
 *
 * When no assignment names an incarnation any more, every partition's checkpoint is past what it has written, and its WAL is
 * removed whole, with its records after it. Until then only what nobody may ever read is removed: objects that were not
 * committed, that are below the trim mark, or that were merged into others.
 */
export class EndedIncarnations {
  /** Monotonic ms since when no assignment has named an ended incarnation. */
  private readonly unneededSince = new Map<string, number>();
  /** Monotonic ms of the last search for leftovers. */
  private readonly searchedAt = new Map<string, number>();

  constructor(
    private readonly metadata: MetadataStore,
    private readonly objects: ObjectStore,
    private readonly remover: ObjectRemover,
    private readonly options: EndedIncarnationsOptions,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Looks at all incarnations once. To be repeated: what could not be done now is done the next time.
   *
   * @throws ObjectStoreError, MetadataUnavailableError, and the signal's reason
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const ended = await this.findEnded();
    if (ended.length === 0) return;
    // No assignment comes to name an incarnation after its end.
    const needed = await this.namedByAssignments();
    for (const incarnationId of ended) {
      if (needed.has(incarnationId)) {
        this.unneededSince.delete(incarnationId);
        await this.removeLeftovers(incarnationId, signal);
      } else if (this.hasBeenUnneededForGrace(incarnationId)) {
        await this.removeWhole(incarnationId, signal);
      }
    }
    forgetAllBut(this.unneededSince, ended);
    forgetAllBut(this.searchedAt, ended);
  }

  /** An incarnation's key and its commit record are made together; the record is read first, so that none looks ended. */
  private async findEnded(): Promise<string[]> {
    const known = idsOf((await this.metadata.range(COMMITS_PREFIX)).entries);
    const live = new Set(idsOf((await this.metadata.range(INCARNATIONS_PREFIX)).entries));
    return known.filter((id) => !live.has(id));
  }

  private async namedByAssignments(): Promise<ReadonlySet<string>> {
    const named = new Set<string>();
    for (const { key, value } of (await this.metadata.range(ASSIGNMENTS_PREFIX)).entries) {
      if (parseKey(key)?.type !== 'assignment') continue;
      const { incarnationId, tenures } = decodePartitionAssignment(value, key);
      named.add(incarnationId);
      for (const tenure of tenures) named.add(tenure.incarnationId ?? '');
    }
    return named;
  }

  /** A take-over that began before may still be reading. */
  private hasBeenUnneededForGrace(incarnationId: string): boolean {
    const now = this.clock.monotonic();
    const since = this.unneededSince.get(incarnationId) ?? now;
    this.unneededSince.set(incarnationId, since);
    return now - since >= this.options.graceMs;
  }

  /** The records go when nothing is left: an upload that was on its way may have arrived since the last time. */
  private async removeWhole(incarnationId: string, signal: AbortSignal): Promise<void> {
    const listed = this.objects.list(walPrefix(this.options.namespace, incarnationId), { signal });
    if ((await this.remover.remove(keysOf(listed), 'wal', signal)) > 0) return;
    await this.metadata.txn({
      compare: [{ key: incarnationKey(incarnationId), exists: false }],
      success: [commitKey, trimKey, mergesKey].map((keyOf) => ({ type: 'delete', key: keyOf(incarnationId) })),
    });
    this.logger.info(
      { event: 'incarnation_removed', incarnation: incarnationId },
      'the WAL of an ended incarnation is gone',
    );
  }

  private async removeLeftovers(incarnationId: string, signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    const searchedAt = this.searchedAt.get(incarnationId);
    if (searchedAt !== undefined && now - searchedAt < this.options.leftoversIntervalMs) return;
    const prefix = walPrefix(this.options.namespace, incarnationId);
    const wal = await this.readFinal(incarnationId);
    if (wal === undefined) return;
    const leftBefore = this.clock.now() - this.options.graceMs;
    const found = { tooYoung: false };
    const leftovers = async function* (objects: AsyncIterable<ListedObject>) {
      for await (const { key, lastModified } of objects) {
        if (!isLeftover(key, prefix, wal)) continue;
        if (lastModified <= leftBefore) yield key;
        else found.tooYoung = true;
      }
    };
    await this.remover.remove(leftovers(this.objects.list(prefix, { signal })), 'wal', signal);
    if (!found.tooYoung) this.searchedAt.set(incarnationId, now);
  }

  /** Read after the incarnation was seen gone: nothing is committed under it any more. */
  private async readFinal(incarnationId: string): Promise<FinalWal | undefined> {
    const keys = [commitKey(incarnationId), trimKey(incarnationId), mergesKey(incarnationId)];
    const { reads } = await this.metadata.txn({
      compare: [],
      success: keys.map((key) => ({ type: 'get', key })),
    });
    const [commit, trim, merges] = reads;
    if (commit === undefined) return undefined;
    return {
      committedSequence: decodeIncarnationCommit(commit.value, commit.key).committedSequence,
      trimmedSequence: trim === undefined ? 0 : decodeTrimMark(trim.value, trim.key).sequence,
      merges: merges === undefined ? [] : decodeWalMerges(merges.value, merges.key).merges.map(mergeOf),
    };
  }
}

const WAL_OBJECT_NAME = /^(\d{20})(-[0-9a-f]{8})?$/;

/** Whether nobody may ever read the object; false for a name that this version doesn't know. */
function isLeftover(key: string, prefix: string, { committedSequence, trimmedSequence, merges }: FinalWal): boolean {
  const match = WAL_OBJECT_NAME.exec(key.slice(prefix.length));
  if (match === null) return false;
  const sequence = Number(match[1]);
  if (sequence > committedSequence || sequence <= trimmedSequence) return true;
  if (match[2] !== undefined) return merges.every((merge) => merge.key !== key);
  return merges.some(({ from, to }) => from <= sequence && sequence <= to);
}

function mergeOf(merge: { from?: number | null; to?: number | null; key?: string | null }) {
  return { from: merge.from ?? 0, to: merge.to ?? 0, key: merge.key ?? '' };
}

function idsOf(entries: readonly { readonly key: string }[]): string[] {
  return entries.flatMap(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.type === 'commit' || parsed?.type === 'incarnation' ? [parsed.incarnationId] : [];
  });
}

async function* keysOf(objects: AsyncIterable<ListedObject>): AsyncIterable<string> {
  for await (const { key } of objects) yield key;
}

function forgetAllBut(map: Map<string, number>, kept: readonly string[]): void {
  const keep = new Set(kept);
  for (const id of map.keys()) if (!keep.has(id)) map.delete(id);
}
