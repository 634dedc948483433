/**
 * The formats in which brokers store what others read, and their versions at each *format level*
 * (docs/design/015-upgrades.md). A release that changes a format adds a level here; it never changes one.
 *
 * Not here: segments and their indexes, whose layout other programs rely on and which never changes.
 */
export interface FormatVersions {
  /** Values of the metadata store: `format_version`. */
  readonly metadataRecord: number;
  readonly walObject: number;
  readonly manifest: number;
  /** What the bucket says of the metadata store. */
  readonly metadataMark: number;
}

/** The versions at level 1, at level 2, and so on. */
export const FORMAT_LEVELS: readonly FormatVersions[] = [
  { metadataRecord: 1, walObject: 1, manifest: 1, metadataMark: 1 },
];

/** The lowest level at which this release still writes. It reads what was written at any level up to its newest. */
export const OLDEST_WRITTEN_LEVEL = 1;
