import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { prefixEnd } from './key-range.js';
import { MetadataFormatError, MetadataStoreError, MetadataUnavailableError, type KeyValue } from './metadata-store.js';

const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE kv (
    key BLOB PRIMARY KEY,
    value BLOB NOT NULL,
    create_revision INTEGER NOT NULL,
    mod_revision INTEGER NOT NULL,
    lease TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX kv_lease ON kv (lease) WHERE lease IS NOT NULL;
  INSERT INTO meta VALUES ('schema_version', ${SCHEMA_VERSION}), ('revision', 1);
`;

/**
 * The SQLite database of the embedded metadata store: keys with their revisions, and the revision counter.
 *
 * A commit is on disk when it returns (write-ahead log, synchronous = FULL). The database is locked for this process
 * alone by the operating system, which lets go of the lock however the process ends.
 */
export class EmbeddedDatabase {
  private readonly statements: ReturnType<typeof prepare>;
  private currentRevision: number;

  private constructor(private readonly database: DatabaseSync) {
    this.statements = prepare(database);
    this.currentRevision = readMeta(database, 'revision');
  }

  /**
   * @param path of the file, which is created with its directory when absent, or `:memory:`
   * @throws MetadataStoreError when another process has the database open, or the file can't be used
   * @throws MetadataFormatError when it was written by a newer version
   */
  static open(path: string): EmbeddedDatabase {
    try {
      if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
      const database = new DatabaseSync(path, { timeout: 0 });
      try {
        prepareForUse(database, path);
        return new EmbeddedDatabase(database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (error instanceof MetadataFormatError) throw error;
      throw new MetadataStoreError(describeOpenFailure(path, error), { cause: error });
    }
  }

  get revision(): number {
    return this.currentRevision;
  }

  get(key: string): KeyValue | undefined {
    const row = this.statements.get.get(Buffer.from(key));
    return row === undefined ? undefined : toKeyValue(row);
  }

  range(prefix: string): KeyValue[] {
    const start = Buffer.from(prefix);
    const end = prefixEnd(start);
    const rows = end === undefined ? this.statements.from.all(start) : this.statements.between.all(start, end);
    return rows.map(toKeyValue);
  }

  /** Keys that are bound to the lease, or to any lease. */
  leased(lease?: string): string[] {
    const rows = lease === undefined ? this.statements.allLeased.all() : this.statements.leased.all(lease);
    return rows.map((row) => bytesOf(row['key']).toString());
  }

  /**
   * Runs `work` in one transaction at the next revision, which counts only when `work` says that it changed something.
   *
   * @throws MetadataStoreError when nothing was applied
   * @throws MetadataUnavailableError when the transaction may or may not have been applied
   */
  write(work: (revision: number) => boolean): void {
    const revision = this.currentRevision + 1;
    this.database.exec('BEGIN IMMEDIATE');
    try {
      if (!work(revision)) {
        this.database.exec('ROLLBACK');
        return;
      }
      this.statements.setRevision.run(revision);
    } catch (error) {
      this.rollBack();
      throw refusal(error);
    }
    this.commit();
    this.currentRevision = revision;
  }

  /** Within {@link write}. Returns the stored entry. */
  put(key: string, value: Buffer, revision: number, lease: string | undefined): KeyValue {
    const row = this.statements.put.get(Buffer.from(key), value, revision, revision, lease ?? null);
    if (row === undefined) throw new Error(`SQLite stored nothing under ${key}`);
    return toKeyValue(row);
  }

  /** Within {@link write}. Returns whether the key existed. */
  delete(key: string): boolean {
    return this.statements.delete.run(Buffer.from(key)).changes !== 0;
  }

  close(): void {
    this.database.close();
  }

  private commit(): void {
    try {
      this.database.exec('COMMIT');
    } catch (error) {
      this.rollBack();
      if (primaryCode(error) === SQLITE_FULL) throw refusal(error);
      throw new MetadataUnavailableError(`committing to the embedded metadata store failed: ${String(error)}`, {
        cause: error,
      });
    }
  }

  private rollBack(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }
}

function prepare(database: DatabaseSync) {
  const columns = 'key, value, create_revision, mod_revision';
  return {
    get: database.prepare(`SELECT ${columns} FROM kv WHERE key = ?`),
    from: database.prepare(`SELECT ${columns} FROM kv WHERE key >= ? ORDER BY key`),
    between: database.prepare(`SELECT ${columns} FROM kv WHERE key >= ? AND key < ? ORDER BY key`),
    allLeased: database.prepare('SELECT key FROM kv WHERE lease IS NOT NULL ORDER BY key'),
    leased: database.prepare('SELECT key FROM kv WHERE lease = ? ORDER BY key'),
    put: database.prepare(`
      INSERT INTO kv (key, value, create_revision, mod_revision, lease) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, mod_revision = excluded.mod_revision, lease = excluded.lease
      RETURNING ${columns}`),
    delete: database.prepare('DELETE FROM kv WHERE key = ?'),
    setRevision: database.prepare(`UPDATE meta SET value = ? WHERE name = 'revision'`),
  };
}

type Row = NonNullable<ReturnType<StatementSync['get']>>;

function toKeyValue(row: Row): KeyValue {
  return {
    key: bytesOf(row['key']).toString(),
    value: bytesOf(row['value']),
    createRevision: Number(row['create_revision']),
    modRevision: Number(row['mod_revision']),
  };
}

function bytesOf(column: Row[string] | undefined): Buffer {
  if (!(column instanceof Uint8Array))
    throw new MetadataFormatError('the embedded metadata store has a value that is no blob');
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}

/** Takes the lock, and lays out a new database or checks the version of an old one. */
function prepareForUse(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  // In exclusive mode the lock of the first write is kept until the database is closed.
  database.exec('BEGIN EXCLUSIVE');
  const isNew = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).get() === undefined;
  if (isNew) database.exec(SCHEMA);
  database.exec('COMMIT');
  const version = readMeta(database, 'schema_version');
  if (version > SCHEMA_VERSION) {
    throw new MetadataFormatError(
      `${path} has schema version ${version}; this version of KafScale reads up to ${SCHEMA_VERSION}`,
    );
  }
}

function readMeta(database: DatabaseSync, name: string): number {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(name);
  if (row === undefined) throw new MetadataFormatError(`the embedded metadata store has no ${name}`);
  return Number(row['value']);
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;

/** SQLite's result code without the details of the extended ones. */
function primaryCode(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function describeOpenFailure(path: string, error: unknown): string {
  return primaryCode(error) === SQLITE_BUSY
    ? `The data directory ${dirname(path)} is in use by another process: ${path} is locked.`
    : `The embedded metadata store ${path} can not be opened: ${String(error)}`;
}

function refusal(error: unknown): MetadataStoreError {
  return error instanceof MetadataStoreError
    ? error
    : new MetadataStoreError(`the embedded metadata store refused a transaction: ${String(error)}`, {
        cause: error,
      });
}
