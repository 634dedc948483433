import { flushCompileCache } from 'node:module';
import { Broker } from '../broker.js';
import { loadConfigFromProcess } from '../config/environment.js';
import { ConfigError, type LoadedConfig } from '../config/load-config.js';
import { ControlTlsError } from '../control/control-credentials.js';
import { VERSION } from '../config/version.js';
import { UnsupportedFormatLevelError } from '../metadata/format-level.js';
import { MetadataMismatchError } from '../metadata/metadata-store.js';
import type { Logger } from '../logging/logger.js';
import { createLogger } from '../logging/pino-logger.js';
import { StoreUnavailableError } from '../open-stores.js';
import { banner } from './banner.js';

export interface BrokerCommandOptions {
  readonly config?: string;
  readonly banner?: boolean;
}

/** Runs a broker until the process is told to stop. Ends the process with 0 after a clean stop, else with 1. */
export async function runBroker(options: BrokerCommandOptions): Promise<void> {
  const loaded = readConfig(options.config);
  if (loaded === undefined) return;
  const { config, warnings } = loaded;
  const logger = createLogger(config.logging.level);
  dieOnProgrammingErrors(logger);
  for (const warning of warnings) logger.warn({ event: 'setting_ignored' }, warning);
  logger.info({ event: 'broker_starting', version: VERSION, brokerId: config.brokerId }, 'KafScale is starting');

  const stopRequested = new AbortController();
  stopOnSignals(stopRequested, logger);
  try {
    const broker = await Broker.start(config, logger, stopRequested.signal);
    const stopBroker = () => void stop(broker, config.drainTimeoutMs, logger);
    if (stopRequested.signal.aborted) {
      stopBroker();
      return;
    }
    stopRequested.signal.addEventListener('abort', stopBroker);
    broker.failed.catch((error: unknown) => {
      logger.error({ event: 'broker_superseded', err: error }, 'this process may not go on as this broker, and ends');
      process.exit(1);
    });
    if (options.banner === true) process.stdout.write(banner(config));
    // A broker that is killed writes nothing at its end.
    flushCompileCache();
  } catch (error) {
    if (stopRequested.signal.aborted) process.exit(0);
    reportFailedStart(error, logger);
    process.exit(1);
  }
}

function readConfig(file: string | undefined): LoadedConfig | undefined {
  try {
    return loadConfigFromProcess(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

function reportFailedStart(error: unknown, logger: Logger): void {
  const kinds = [StoreUnavailableError, MetadataMismatchError, UnsupportedFormatLevelError, ControlTlsError];
  const expected = kinds.some((kind) => error instanceof kind);
  const reason = error instanceof Error ? error.message : String(error);
  logger.error({ event: 'start_failed', ...(!expected && { err: error }) }, `KafScale cannot start: ${reason}`);
}

/** The first signal asks for a clean stop, the second one ends the process at once. */
function stopOnSignals(stopRequested: AbortController, logger: Logger): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopRequested.signal.aborted) {
      logger.warn({ event: 'stop_forced', signal }, 'second signal: stopping at once');
      process.exit(1);
    }
    logger.info({ event: 'stop_requested', signal }, 'stopping: writing what was accepted');
    stopRequested.abort(new Error(`stopped by ${signal}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

async function stop(broker: Broker, drainTimeoutMs: number, logger: Logger): Promise<void> {
  setTimeout(() => {
    logger.error({ event: 'stop_timeout', drainTimeoutMs }, 'could not stop in time; nothing acknowledged is lost');
    process.exit(1);
  }, drainTimeoutMs);
  try {
    await broker.stop();
    logger.info({ event: 'broker_stopped' }, 'stopped');
    process.exit(0);
  } catch (error) {
    logger.error({ event: 'stop_failed', err: error }, 'could not stop cleanly; nothing acknowledged is lost');
    process.exit(1);
  }
}

/** A broker whose memory may be wrong must not go on. Its successor starts from what is committed. */
function dieOnProgrammingErrors(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.error({ event: 'uncaught_exception', err: error }, 'unexpected failure, ending the process');
    process.exit(1);
  });
}
