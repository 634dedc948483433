// Nothing is imported before this check: older versions of Node could not even read the modules.
const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(`KafScale needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

const { runCli } = await import('./cli/cli.js');
await runCli(process.argv);

export {};
