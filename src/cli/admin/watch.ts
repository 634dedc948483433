import type { ControlClient } from '../../control/control-client.js';
import type { PartitionAssignmentEvent } from '../../control/messages.js';
import type { CallOptions } from './call.js';

/** Prints the present assignments and every change, until the stream ends or the process is interrupted. */
export async function watch(
  client: ControlClient,
  { topic, broker = '' }: CallOptions,
  asJson: boolean,
): Promise<void> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Whoever reads may have had enough.
  process.stdout.once('error', stop);
  for await (const event of client.watchAssignments({ brokerId: broker }, interrupted.signal)) {
    if (topic !== undefined && event.partition.topic !== topic) continue;
    process.stdout.write(`${asJson ? JSON.stringify(event) : describe(event)}\n`);
  }
}

function describe({ partition, status, brokerId, epoch }: PartitionAssignmentEvent): string {
  const name = `${partition.topic}:${partition.partition}`;
  return `${new Date().toISOString()}  ${name.padEnd(30)}  ${status.padEnd(9)}  broker ${brokerId}, epoch ${epoch}`;
}
