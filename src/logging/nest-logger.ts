import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Sends what Nest itself has to say to our log. Its chatter about wiring is of interest only when debugging. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...details: unknown[]): void {
    this.logger.debug(fields(details), String(message));
  }

  verbose(message: unknown, ...details: unknown[]): void {
    this.logger.debug(fields(details), String(message));
  }

  debug(message: unknown, ...details: unknown[]): void {
    this.logger.debug(fields(details), String(message));
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.logger.warn(fields(details), String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    const err = message instanceof Error ? { err: message } : {};
    this.logger.error({ ...fields(details), ...err }, String(message));
  }

  fatal(message: unknown, ...details: unknown[]): void {
    this.error(message, ...details);
  }
}

/** Nest passes the context (the name of the class that speaks) last, after a stack in the case of errors. */
function fields(details: readonly unknown[]) {
  return { event: 'nest', context: details.at(-1), ...(details.length > 1 && { details: details.slice(0, -1) }) };
}
