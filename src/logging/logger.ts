/** What domain classes log to: one event per call, with fields that keep their names. pino's loggers fit. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export interface LogFields {
  /** Stable name of the event, in snake_case. */
  readonly event: string;
  /** The failure behind the event. */
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

/** For tests that look elsewhere. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
