/**
 * Runs the edge-case checklist (test/conformance): against our own broker as built, or
 *
 *     npm run conformance -- --bootstrap host:port     a broker that runs already
 *     npm run conformance -- --apache-kafka            Apache Kafka, started for the purpose
 *
 * What follows `--` goes to Jest, such as `-- -t '^edge-case checklist Fetch'`.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { bootstrap: { type: 'string' }, 'apache-kafka': { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (values.bootstrap && values['apache-kafka']) {
  console.error('--bootstrap and --apache-kafka exclude each other');
  process.exit(2);
}

const env = { ...process.env };
if (values['apache-kafka']) env.KAFSCALE_TEST_BOOTSTRAP = 'apache';
else if (values.bootstrap) env.KAFSCALE_TEST_BOOTSTRAP = values.bootstrap;

const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const nodeOptions = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const child = spawn(process.execPath, [...nodeOptions, jest, '--selectProjects', 'conformance', ...positionals], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env,
  stdio: 'inherit',
});
child.once('exit', (code) => process.exit(code ?? 1));
