import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from './tools.js';

/**
 * The jar of Kafka's Java client, which carries the definitions of all messages. Needs the tool `kafka-clients`.
 * @throws {Error} when it isn't installed
 */
export function kafkaClientsJar(): string {
  const lib = join(toolPath('kafka-clients'), 'lib');
  const name = readdirSync(lib).find((file) => /^kafka-clients-[\d.]+\.jar$/.test(file));
  if (name === undefined) throw new Error(`no kafka-clients jar in ${lib}`);
  return join(lib, name);
}

/** A message definition as Kafka publishes it: JSON with comments on lines of their own. Needs `unzip`. */
export function messageDefinition(name: string): unknown {
  const text = execFileSync('unzip', ['-p', kafkaClientsJar(), `common/message/${name}.json`], { encoding: 'utf8' });
  return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));
}
