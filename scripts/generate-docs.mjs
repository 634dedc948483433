/**
 * Generates docs/configuration.md and docs/topic-configs.md from the tables in the code, docs/logs.md from its calls of the
 * logger, and docs/metrics.md from what a broker with everything in memory registers. Needs the built broker.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { logEventsMarkdown } from './support/log-events.mjs';
import { ensureBuilt, root } from './support/project.mjs';

await ensureBuilt();
const { settingsMarkdown } = await import(join(root, 'dist', 'config', 'describe.js'));
const { topicConfigsMarkdown } = await import(join(root, 'dist', 'metadata', 'topic-configs-markdown.js'));

const { metricsMarkdown } = await import(join(root, 'dist', 'metrics', 'describe-metrics.js'));

writeFileSync(
  join(root, 'docs', 'configuration.md'),
  `# Configuration

<!-- Generated from src/config/settings.ts by "npm run generate": change it there. -->

The broker is configured by environment variables, and by a YAML file that uses the same names (\`--config FILE\`); the
environment wins. An empty value counts as not given. Everything is checked once, at the start: a value that is not
allowed stops it with a message that names every problem, and so does a name in the file that is not known. A variable
that begins with \`KAFSCALE_\` and is not known is reported in the log. Sizes are bytes, or have a unit: \`256Mi\`, \`1G\`.

A bucket and etcd are given together or not at all: one without the other stops the start, unless
\`KAFSCALE_ALLOW_MIXED_STORES\` is true. A store that is given and cannot be reached within
\`KAFSCALE_STARTUP_TIMEOUT_SEC\` stops the start too; nothing is ever used in its place.

${settingsMarkdown()}
`,
);

writeFileSync(
  join(root, 'docs', 'topic-configs.md'),
  `# Configurations of topics

<!-- Generated from src/metadata/topic-config-definitions.ts by "npm run generate": change it there. -->

Every configuration that topics of Apache Kafka have can be set, is checked as there, kept and reported, so that tools and
manifests work unchanged. The column *effect* says what it does here:

- *full*: what the description says.
- *deep validation*: acted on when the broker looks into the records, with \`KAFSCALE_DEEP_VALIDATION\`.
- *none*: nothing, because the object store takes the place of what it tunes.
- *not yet*: nothing in this version, which removes no records by itself, be they old or have a newer one of the same key.

A topic's own configurations are set when it is created, or later with \`kafka-configs\` or any admin client. A change holds
for what is produced from then on:

\`\`\`
kafka-configs.sh --bootstrap-server localhost:9092 --alter --topic orders --add-config max.message.bytes=2000000
\`\`\`

For all topics that don't say otherwise, the default can be changed while brokers run, by the name that brokers have for it:

\`\`\`
kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type brokers --entity-default \\
  --add-config message.max.bytes=2000000
\`\`\`

Everything else about brokers comes from [their environment](configuration.md) and is shown, but can't be changed, by
\`kafka-configs.sh --describe --all --entity-type brokers --entity-name 0\`.

${topicConfigsMarkdown()}
`,
);

writeFileSync(
  join(root, 'docs', 'metrics.md'),
  `# Metrics

<!-- Generated from the metrics that a broker registers by "npm run generate": change their descriptions in src/metrics. -->

Every broker serves its metrics at \`http://<broker>:9093/metrics\` in the text format of Prometheus. They are of that broker
alone: sum over brokers, or take the largest, in queries. All are there from the start; those with labels have a series as soon as
there is something to count, and before where the values of the label are known. What is called S3 in a name is
counted for every object store, and what is called metadata for every metadata store.

The unit is part of the name: \`_ms\`, \`_seconds\`, \`_bytes\`, \`_dollars\`. Names that end with \`_total\` count
since the start of the process. Histograms have \`_bucket\`, \`_sum\` and \`_count\`.

${await withBroker((registry) => metricsMarkdown(registry))}

Beside these there are the metrics of the process and of Node.js under the names that prom-client gives them (\`process_…\`,
\`nodejs_…\`).
`,
);

writeFileSync(
  join(root, 'docs', 'logs.md'),
  `# Logs

<!-- Generated from the calls of the logger in src by "npm run generate": change them there. -->

A broker writes one line of JSON to standard output for each event; to a terminal, a line for people. \`KAFSCALE_LOG_LEVEL\` says
which are left out (default \`info\`). These fields are always there:

| field | |
|---|---|
| \`time\` | RFC 3339, UTC, with milliseconds |
| \`level\` | \`trace\`, \`debug\`, \`info\`, \`warn\`, \`error\`, \`fatal\` |
| \`event\` | name of the event, which stays the same from version to version, as the names of its fields do |
| \`msg\` | a sentence for people, which may change |
| \`err\` | where a failure is behind the event: \`type\`, \`message\`, \`stack\` |

Texts that clients choose (ids, names of topics and groups) are written without control characters and are cut after a thousand
characters, so that nobody can forge lines or colour a terminal.

\`KAFSCALE_TRACE_KAFKA=true\` writes \`request\` and \`response\` for everything that Kafka clients ask, with the API and its version,
the client's id and address, sizes and duration. It costs nothing while it is off, and a good part of a broker while it is on.

## Events

Fields that some lines of an event have and others have not are in the list too. What Nest itself has to say is the event \`nest\`.

${logEventsMarkdown(join(root, 'src'))}
`,
);

/** Runs a broker in memory while something is asked of its registry. */
async function withBroker(ask) {
  const { Broker } = await import(join(root, 'dist', 'broker.js'));
  const { loadConfig } = await import(join(root, 'dist', 'config', 'load-config.js'));
  const { silentLogger } = await import(join(root, 'dist', 'logging', 'logger.js'));
  const [kafka, http] = await Promise.all([freePort(), freePort()]);
  const { config } = loadConfig({
    environment: {
      KAFSCALE_USE_MEMORY_S3: 'true',
      KAFSCALE_BROKER_ADDR: `127.0.0.1:${kafka}`,
      KAFSCALE_METRICS_ADDR: `127.0.0.1:${http}`,
    },
  });
  const broker = await Broker.start(config, silentLogger, new globalThis.AbortController().signal);
  try {
    return ask(broker.registry);
  } finally {
    await broker.stop();
  }
}

async function freePort() {
  const server = createServer();
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
