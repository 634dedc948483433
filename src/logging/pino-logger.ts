import {
  destination,
  pino,
  stdSerializers,
  stdTimeFunctions,
  type DestinationStream,
  type Logger as PinoLogger,
} from 'pino';
import { humanReadable } from './human-readable.js';
import { printable, printableFields, printableLines } from './sanitise.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The process's logger: one JSON line per event, or a line for people when it writes to a terminal. Texts are made printable,
 * as clients choose some of them.
 *
 * @param output where the lines go; standard output unless a test wants to read them
 */
export function createLogger(level: LogLevel, output: DestinationStream = standardOutput()): PinoLogger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: levelName, log: printableFields },
    serializers: { err: printableError },
    hooks: { logMethod: printableMessage },
  };
  return pino(options, output);
}

function standardOutput(): DestinationStream {
  return process.stdout.isTTY ? humanReadable(process.stdout) : destination({ fd: 1, sync: true });
}

function levelName(label: string): { level: string } {
  return { level: label };
}

function printableError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? printable(error) : error;
  const { message, stack, ...rest } = stdSerializers.err(error);
  return { ...printableFields(rest), message: printable(message), stack: printableLines(stack) };
}

/** Messages are texts, and have no places for values: a `%` in them is a `%`. */
function printableMessage(
  this: PinoLogger,
  [fields, message]: Parameters<PinoLogger['info']>,
  log: (fields: object, template: string, message: string) => void,
): void {
  log.call(this, fields as object, '%s', printable(message ?? ''));
}
