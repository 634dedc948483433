/** One thing that was found in an object: a header, a batch, a record, or damage. Printed as one line. */
export interface Item {
  readonly type:
    | 'segment'
    | 'index'
    | 'wal-object'
    | 'manifest'
    | 'wal-entry'
    | 'index-entry'
    | 'manifest-segment'
    | 'manifest-epoch'
    | 'manifest-producer'
    | 'manifest-retired'
    | 'batch'
    | 'record'
    | 'damage';
  /** Of its first byte in the object. */
  readonly position?: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

export type FieldValue = string | number | boolean | null | undefined | { readonly [name: string]: FieldValue };

/** Something that is not as the format has it, or not as checksums and counts say. */
export function damage(position: number, message: string): Item {
  return { type: 'damage', position, fields: { message } };
}
