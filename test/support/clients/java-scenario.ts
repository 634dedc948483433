import { join } from 'node:path';
import { shortLived } from '../apache-kafka.js';
import { runProcess } from '../process.js';
import { toolPath } from '../tool-path.js';

/** The lines of Java's clients, and the tools that have them. */
export const JAVA_CLIENTS = [
  ['3.9', 'java-client-3'],
  ['4.x', 'java-client-4'],
] as const;

/**
 * Runs a program of `test/clients/java` against a broker.
 *
 * @returns what it says of each of its steps: the JSON object in the last line of its output
 */
export async function runJavaScenario(
  program: string,
  tool: string,
  bootstrap: string,
): Promise<Readonly<Record<string, string>>> {
  const source = join(import.meta.dirname, '..', '..', 'clients', 'java', `${program}.java`);
  const classPath = join(toolPath(tool), 'lib', '*');
  const java = [...shortLived, '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath, source];
  const { stdout } = await runProcess('java', [...java, bootstrap], { timeoutMs: 90_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, string>;
}
