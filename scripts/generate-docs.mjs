/** Generates docs/configuration.md and docs/topic-configs.md from the tables in the code. Needs the built broker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './support/project.mjs';

await ensureBuilt();
const { settingsMarkdown } = await import(join(root, 'dist', 'config', 'describe.js'));
const { topicConfigsMarkdown } = await import(join(root, 'dist', 'metadata', 'topic-configs-markdown.js'));

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
