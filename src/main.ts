// Nothing is imported before this check: older versions of Node could not even read the modules.
const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(`KafScale needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

if (process.versions.v8.startsWith('13.')) {
  // By default V8 marks the whole heap again for every 10 MB or so of new buffers, which costs a broker more than all
  // else it does. Counted as part of the heap, buffers are collected when what is in use has grown by half.
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--heap-growing-percent=50');
}

// Compiled code is kept beside the packages, where it can be: it makes the next start shorter.
const { enableCompileCache } = await import('node:module');
enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/kafscale`);

const { runCli } = await import('./cli/cli.js');
await runCli(process.argv);

export {};
