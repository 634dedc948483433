import type { DestinationStream } from 'pino';

interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
  readonly event?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [field: string]: unknown;
}

/** Turns pino's lines into `12:00:00.000 INFO  message  field=value`, for a person who watches a terminal. */
export function humanReadable(output: { write(text: string): unknown }): DestinationStream {
  return { write: (line) => void output.write(format(JSON.parse(line) as LogLine)) };
}

function format({ time, level, msg = '', err, event: _event, ...fields }: LogLine): string {
  const clock = time.slice('2000-01-01T'.length, -1);
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
  const cause = err === undefined ? '' : `\n  ${err.stack ?? err.message ?? ''}`;
  return `${clock} ${level.toUpperCase().padEnd(5)} ${msg}${details.length > 0 ? ' ' : ''}${details.join('')}${cause}\n`;
}

function fieldText(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
}
