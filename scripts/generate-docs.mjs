/** Generates docs/configuration.md from the table of settings. Needs the built broker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './support/project.mjs';

await ensureBuilt();
const { settingsMarkdown } = await import(join(root, 'dist', 'config', 'describe.js'));

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
