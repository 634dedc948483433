import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Api } from '../../src/protocol/codec/index.js';
import { ApiVersions } from '../../src/protocol/schema/index.js';
import { startBootstrap } from '../support/bootstrap.js';
import type { Bootstrap } from '../support/bootstrap.js';
import { WireClient } from '../support/wire-client.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The broker that the suite runs against. Its connections are closed after each test. */
export class Subject {
  private broker: Bootstrap | undefined;
  private readonly clients: WireClient[] = [];
  private readonly advertised = new Map<number, Range>();
  private apacheKafka = false;

  async start(): Promise<void> {
    this.broker = await startBootstrap();
    const client = await this.connect();
    const answer = await client.send(ApiVersions, 3, { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' });
    for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
      this.advertised.set(apiKey, { min: minVersion, max: maxVersion });
    }
    this.apacheKafka = answer.supportedFeatures.some(({ name }) => name === 'metadata.version');
  }

  async stop(): Promise<void> {
    this.closeClients();
    await this.broker?.stop();
  }

  closeClients(): void {
    for (const client of this.clients.splice(0)) client.close();
  }

  /** A connection of the test's own. */
  async connect(): Promise<WireClient> {
    if (!this.broker) throw new Error('the broker was not started');
    const client = await WireClient.connect(this.broker.bootstrap);
    this.clients.push(client);
    return client;
  }

  /** True for Apache Kafka, recognised by a feature that only its brokers have. */
  get isApacheKafka(): boolean {
    return this.apacheKafka;
  }

  /** Where Apache Kafka and KafScale answer differently on purpose; each is listed in docs/conformance.md. */
  expected<K, A>(answers: { readonly kafscale: K; readonly apacheKafka: A }): K | A {
    return this.isApacheKafka ? answers.apacheKafka : answers.kafscale;
  }

  /** Says that a case is left out on this broker, which is better than passing unseen. */
  leaveOut(what: string): void {
    process.stderr.write(`left out: ${what}\n`);
  }

  /** The advertised versions of an API, undefined when it is not advertised. */
  versionsOf(api: Api): Range | undefined {
    return this.advertised.get(api.key);
  }
}

/** Starts the broker before the tests around the call, and stops it after them. */
export function useSubject(): Subject {
  const subject = new Subject();
  beforeAll(() => subject.start(), 120_000);
  afterEach(() => subject.closeClients());
  afterAll(() => subject.stop(), 60_000);
  return subject;
}
