import { startApacheKafka } from '../../test/support/apache-kafka.js';
import type { BrokerUnderTest } from './broker-under-test.js';

/** The compilers and the heap that Apache Kafka's own scripts give it. */
const JAVA_OPTIONS = ['-Xmx1G', '-Xms1G', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20'];

/** The peer: one node, without replicas, its log in a temporary folder. */
export async function startPeer(): Promise<BrokerUnderTest> {
  const kafka = await startApacheKafka({ javaOptions: JAVA_OPTIONS });
  return { ...kafka, kind: 'apache-kafka', restart: undefined };
}

/** A broker that somebody else runs. */
export function externalBroker(bootstrap: string, pid: number | undefined): BrokerUnderTest {
  return { kind: 'external', bootstrap, pid, restart: undefined, stop: () => Promise.resolve() };
}
