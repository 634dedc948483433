import { formatLevel, isSupported, raiseFormatLevel, SUPPORTED_FORMAT_LEVELS } from '../formats/format-level.js';
import type { Logger } from '../logging/logger.js';
import { finalizedLevelOf } from '../metadata/format-level.js';
import { FORMAT_LEVEL_KEY } from '../metadata/keys.js';
import type { KeyValue, MetadataStore, Watch } from '../metadata/metadata-store.js';

/**
 * Has this broker write at a new format level as soon as it hears that the cluster has finalized it. What it writes at the
 * old one until then is no harm: every broker reads that.
 */
export class FormatLevelWatch {
  private watch: Watch | undefined;

  constructor(
    private readonly store: MetadataStore,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the level is known. @throws MetadataFormatError when its record is damaged */
  async start(): Promise<void> {
    this.watch ??= this.store.watch(FORMAT_LEVEL_KEY, {
      snapshot: (entries) => entries.forEach((entry) => this.hear(entry)),
      changes: (changes) => {
        for (const change of changes) if (change.type === 'put') this.hear(change.entry);
      },
    });
    await this.watch.ready;
  }

  close(): void {
    this.watch?.close();
  }

  private hear(entry: KeyValue): void {
    const { level } = finalizedLevelOf(entry);
    // Finalized while this broker was no member of the cluster: it is refused when it registers again.
    if (!isSupported(level) || level <= formatLevel()) return;
    raiseFormatLevel(level);
    const event = { event: 'format_level_raised', level, supported: SUPPORTED_FORMAT_LEVELS };
    this.logger.info(event, 'the cluster has finalized a format level: writing at that level from now on');
  }
}
