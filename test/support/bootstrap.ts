import { startApacheKafka } from './apache-kafka.js';
import { startBroker } from './broker.js';

/** A broker that tests may use. */
export interface Bootstrap {
  /** `host:port` */
  readonly bootstrap: string;
  /** Ends the broker if it was started for the test. */
  stop(): Promise<void>;
}

/** An address (`host:port`), or `apache` for Apache Kafka; undefined for our own broker. */
export const chosenBootstrap = process.env['KAFSCALE_TEST_BOOTSTRAP'];

/** Members need not wait for more. Apache Kafka is started so by the tests, too. */
const NO_REBALANCE_DELAY = {
  KAFSCALE_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFSCALE_GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS: '0',
};

/**
 * The broker that tests of clients run against: ours, started for the purpose, unless KAFSCALE_TEST_BOOTSTRAP names
 * another: an address (`host:port`) of one that runs already, or `apache` for Apache Kafka.
 *
 * @param settings for our own broker, by their names in the environment
 */
export async function startBootstrap(settings: Readonly<Record<string, string>> = {}): Promise<Bootstrap> {
  if (chosenBootstrap === undefined) return startBroker({ ...NO_REBALANCE_DELAY, ...settings });
  if (chosenBootstrap === 'apache') return startApacheKafka();
  return { bootstrap: chosenBootstrap, stop: () => Promise.resolve() };
}
