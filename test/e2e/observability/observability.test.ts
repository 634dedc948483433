import { readFileSync } from 'node:fs';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { describeWithTools } from '../../support/tools.js';
import { createTopic } from '../../support/topics.js';
import { alertTriggers, withTriggers } from './alert-triggers.js';
import { askPrometheus, type Evaluation, type Scrape } from './promql.js';

const chart = new URL('../../../helm/kafscale/', import.meta.url);
const dashboard = JSON.parse(readFileSync(new URL('dashboards/kafscale.json', chart), 'utf8')) as Dashboard;
const rules = readFileSync(new URL('alerts/kafscale.yaml', chart), 'utf8');
const alerts = (parse(rules) as RuleFile).groups.flatMap((group) => group.rules);
const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  }[];
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

/** What each panel asks, with Grafana's variables filled in. */
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }) => ({
    name: `${title} ${refId}`,
    expr: expr.replaceAll('$job', 'kafscale').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '2m'),
  })),
);

const SCRAPES = 5;
/** Scrapes pretend to be so far apart, as nobody wants to wait for them, ms. */
const INTERVAL_MS = 30_000;

async function scrape({ httpAddress }: RunningBroker): Promise<string> {
  const answer = await fetch(`http://${httpAddress}/metrics`);
  return `${await answer.text()}up 1\n`;
}

const asScrapes = (texts: readonly string[]): Scrape[] =>
  texts.map((text, index) => ({ text, atMs: index * INTERVAL_MS, labels: { job: 'kafscale', instance: 'broker-0' } }));

/** Produces, and has a group consume and commit: once for each scrape. */
async function scrapesUnderTraffic(broker: RunningBroker): Promise<string[]> {
  const connection = { clientId: 'observed', bootstrapBrokers: [broker.bootstrap], retries: 3 };
  const producer = new Producer({ ...connection, serializers: stringSerializers });
  const consumer = new Consumer({ ...connection, groupId: 'observers', deserializers: stringDeserializers });
  const texts = [await scrape(broker)];
  try {
    const stream = await consumer.consume({ topics: ['observed'], mode: 'earliest', autocommit: false });
    const records = stream[Symbol.asyncIterator]();
    while (texts.length < SCRAPES) {
      for (let batch = 0; batch < 3; batch += 1) {
        await producer.send({ messages: [{ topic: 'observed', key: 'k', value: 'v'.repeat(100) }] });
      }
      const read = await records.next();
      if (read.done === true) throw new Error('the stream of records has ended');
      await (read.value as { commit(): Promise<void> }).commit();
      texts.push(await scrape(broker));
    }
    await stream.close();
  } finally {
    await consumer.close(true);
    await producer.close();
  }
  return texts;
}

describeWithTools(['promql'], 'what an operator watches, on what a broker tells', () => {
  let texts: string[];
  beforeAll(async () => {
    const broker = await startBroker({
      KAFSCALE_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFSCALE_COMPACT_AFTER_SEC: '1',
    });
    try {
      await createTopic(broker.bootstrap, 'observed', 1);
      texts = await scrapesUnderTraffic(broker);
    } finally {
      await broker.stop();
    }
  }, 60_000);

  const evaluate = async (expressions: readonly string[]): Promise<readonly Evaluation[]> => {
    const { cases } = await askPrometheus([{ scrapes: asScrapes(texts), expressions }]);
    return cases[0]!;
  };

  test('every expression of every panel finds series, and has a value', async () => {
    const evaluations = await evaluate(queries.map(({ expr }) => expr));
    const wrong = queries.flatMap(({ name }, index) => {
      const { error, values, selectors } = evaluations[index]!;
      const unknown = selectors.filter(({ series }) => series === 0).map(({ text }) => `${name}: no series ${text}`);
      if (error !== undefined) return [`${name}: ${error}`];
      return values.length === 0 ? [...unknown, `${name}: no value`] : unknown;
    });
    expect(queries.length).toBeGreaterThan(80);
    expect(wrong).toEqual([]);
  });

  test('every alert finds series, and none fires on a healthy broker', async () => {
    const evaluations = await evaluate(alerts.map(({ expr }) => expr));
    const wrong = alerts.flatMap(({ alert }, index) => {
      const { error, values, selectors } = evaluations[index]!;
      const unknown = selectors.filter(({ series }) => series === 0).map(({ text }) => `${alert}: no series ${text}`);
      return [...unknown, ...(error === undefined ? [] : [error]), ...values.map(() => `${alert} fires`)];
    });
    expect(wrong).toEqual([]);
  });

  test('every alert fires when what it is for happens', async () => {
    const cases = alerts.map(({ alert, expr }) => ({
      scrapes: asScrapes(withTriggers(texts, alertTriggers[alert] ?? [])),
      expressions: [expr],
    }));
    const answer = await askPrometheus(cases);
    const silent = alerts.filter((_alert, index) => answer.cases[index]![0]!.values.length === 0);
    expect(silent.map(({ alert }) => alert)).toEqual([]);
  });

  test('Prometheus takes the rules, and each alert has a section in the runbook', async () => {
    expect((await askPrometheus([], rules)).ruleErrors).toEqual([]);
    const broken = rules.replace('== 0', '== == 0');
    expect((await askPrometheus([], broken)).ruleErrors).not.toEqual([]);
    for (const { alert, annotations } of alerts) {
      expect(annotations['runbook_url']).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
      expect(runbook).toContain(`\n## ${alert}\n`);
    }
  });
});
