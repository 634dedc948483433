import { setTimeout as delay } from 'node:timers/promises';
import { ChaosConsumer } from './consumer.js';
import type { Disturbance } from './run-chaos.js';

/** Reads everything from the start, again and again: what is no longer in memory comes from the object store. */
export class Rereader {
  /** How many times it got to the end. */
  count = 0;
  private stopping = false;
  private reader: ChaosConsumer | undefined;

  constructor(private readonly what: Disturbance) {}

  /** Reads until {@link stop}. */
  async run(): Promise<void> {
    const { topic, partitions, broker, history } = this.what;
    while (this.isRunning()) {
      const reader = new ChaosConsumer(topic, partitions, () => broker.bootstrap, history);
      this.reader = reader;
      try {
        await reader.readToEnd();
        if (this.isRunning()) this.count += 1;
      } catch {
        history.lostConnections += 1;
      }
      reader.close();
      await delay(200);
    }
  }

  stop(): void {
    this.stopping = true;
    this.reader?.stop();
  }

  private isRunning(): boolean {
    return !this.stopping;
  }
}
