import { run } from './run.mjs';

/**
 * What a recipe may need from the machine. A probe resolves when it is there and says in its error what is missing.
 *
 * @type {Record<string, () => Promise<void>>}
 */
const probes = {
  python3: async () => {
    await run('python3', ['-m', 'pip', '--version']);
    await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
  },
  maven: async () => {
    await run('mvn', ['--version']);
    const version = await run('javac', ['-version']);
    const major = Number(/(\d+)/.exec(version)?.[1]);
    if (!(major >= 17)) throw new Error(`the JDK is ${version.trim()}, 17 or newer is needed`);
  },
  go: async () => {
    await run('go', ['version'], { env: { ...process.env, GOTOOLCHAIN: 'local' } });
  },
  npm: async () => {
    await run('npm', ['--version']);
  },
  apt: async () => {
    await run('apt-get', ['--version']);
    await run('dpkg-deb', ['--version']);
  },
};

/** What a person is told to install. */
const descriptions = {
  python3: 'Python 3.10 or newer with pip',
  maven: 'Maven and a JDK of 17 or newer',
  go: 'Go',
  npm: 'npm',
  apt: "Debian's apt-get and dpkg-deb",
};

const results = new Map();

/**
 * Tells why a toolchain can't be used here.
 *
 * @param {string} toolchain key of {@link probes}
 * @returns {Promise<string | undefined>} undefined when it can be used
 */
export function missing(toolchain) {
  let result = results.get(toolchain);
  if (result === undefined) {
    result = probes[toolchain]().then(
      () => undefined,
      (error) => `${descriptions[toolchain]} is needed (${error.message.split('\n')[0]})`,
    );
    results.set(toolchain, result);
  }
  return result;
}
