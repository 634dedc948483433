import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess, ServerProcess } from '../../support/process.js';
import { toolPath } from '../../support/tools.js';

const PATIENCE_MS = 60_000;

/** A producer and a consumer in `examples`, whatever they are written in. */
export interface ExamplePrograms {
  /** What has to be installed for them. */
  readonly tool: string;
  readonly producer: () => readonly [program: string, ...args: string[]];
  readonly consumer: () => readonly [program: string, ...args: string[]];
}

const folder = join(import.meta.dirname, '..', '..', '..', 'examples');

/** A file of an example, as it stands in the tree. */
export function exampleFile(...path: string[]): string {
  return join(folder, ...path);
}

/** The version of a module that an example's go.mod requires. */
export function goVersion(name: string, module: string): string {
  const line = readFileSync(exampleFile(name, 'go.mod'), 'utf8')
    .split('\n')
    .find((one) => one.includes(`${module} v`));
  if (line === undefined) throw new Error(`go.mod of ${name} doesn't require ${module}`);
  return line.slice(line.lastIndexOf(' v') + 2);
}

export const python: ExamplePrograms = {
  tool: 'example-python',
  producer: () => [join(toolPath('example-python'), 'bin', 'python'), pythonFile('producer.py')],
  consumer: () => [join(toolPath('example-python'), 'bin', 'python'), pythonFile('consumer.py')],
};

function pythonFile(name: string): string {
  return join(toolPath('example-python'), 'example', name);
}

export const kafkajs: ExamplePrograms = {
  tool: 'example-kafkajs',
  producer: () => [process.execPath, join(toolPath('example-kafkajs'), 'producer.mjs')],
  consumer: () => [process.execPath, join(toolPath('example-kafkajs'), 'consumer.mjs')],
};

export function goExample(name: string): ExamplePrograms {
  const tool = `example-${name}`;
  return {
    tool,
    producer: () => [join(toolPath(tool), 'bin', 'producer')],
    consumer: () => [join(toolPath(tool), 'bin', 'consumer')],
  };
}

/** Runs a producer to its end. @returns what it printed */
export async function produce(programs: ExamplePrograms, bootstrap: string): Promise<string> {
  const [program, ...args] = programs.producer();
  return (await runProcess(program, [...args, bootstrap])).stdout;
}

/**
 * Runs a consumer until it has printed some text, and interrupts it as a person would.
 *
 * @returns all that it printed
 * @throws {Error} when it doesn't print that, or doesn't end well
 */
export async function consumeUntil(programs: ExamplePrograms, bootstrap: string, text: string): Promise<string> {
  const [program, ...args] = programs.consumer();
  // KafkaJS has timers that newer Node.js warns of.
  const env = { KAFSCALE_BOOTSTRAP: bootstrap, NODE_NO_WARNINGS: '1' };
  const consumer = new ServerProcess(program, args, { env });
  await consumer.ready(() => Promise.resolve(consumer.log.includes(text)), PATIENCE_MS);
  await consumer.kill('SIGINT');
  if (consumer.exitCode !== 0) throw new Error(`it ended with ${consumer.exitCode}:\n${consumer.log}`);
  return consumer.log;
}

/** The version of a package that an example's package-lock.json or requirements.txt pins. */
export function pinnedVersion(name: string, dependency: string): string {
  if (name === 'python') {
    const [, version] =
      new RegExp(`^${dependency}==(.+)$`, 'm').exec(readFileSync(exampleFile(name, 'requirements.txt'), 'utf8')) ?? [];
    if (version === undefined) throw new Error(`requirements.txt doesn't pin ${dependency}`);
    return version;
  }
  const { dependencies } = createRequire(import.meta.url)(exampleFile(name, 'package.json')) as {
    dependencies: Record<string, string>;
  };
  return dependencies[dependency]!;
}
