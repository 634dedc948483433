import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { humanReadable } from './human-readable.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The process's logger: one JSON line per event, or a line for people when it writes to a terminal.
 *
 * @param output where the lines go; standard output unless a test wants to read them
 */
export function createLogger(level: LogLevel, output: DestinationStream = standardOutput()): PinoLogger {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: levelName } }, output);
}

function standardOutput(): DestinationStream {
  return process.stdout.isTTY ? humanReadable(process.stdout) : destination({ fd: 1, sync: true });
}

function levelName(label: string): { level: string } {
  return { level: label };
}
