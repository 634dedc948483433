import { join } from 'node:path';
import { shortLived } from '../apache-kafka.js';
import { runProcess } from '../process.js';
import { toolPath } from '../tools.js';
import { parseEvents } from './scenario.js';
import type { ClientProgram, Lack, Step, StepResult } from './scenario.js';

const sources = join(import.meta.dirname, '..', '..', 'clients');

/** A program that takes a scenario as its argument and prints events (see `test/clients/README.md`). */
function scenarioProgram(
  name: string,
  tools: readonly string[],
  command: () => readonly [program: string, ...args: string[]],
  lacks: readonly Lack[] = [],
): ClientProgram {
  return {
    name,
    tools,
    lacks: new Set(lacks),
    run: async (bootstrap: string, steps: readonly Step[]): Promise<StepResult[]> => {
      const [program, ...args] = command();
      const { stdout } = await runProcess(program, [...args, JSON.stringify({ bootstrap, steps })]);
      return parseEvents(stdout, steps.length);
    },
  };
}

function javaProgram(name: string, tool: string): ClientProgram {
  return scenarioProgram(name, [tool], () => {
    const classPath = `${toolPath(tool)}/lib/*:${toolPath(tool)}/classes`;
    const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
    return ['java', ...shortLived, logging, '-cp', classPath, 'ClientScenario'];
  });
}

function pythonProgram(name: string, file: string, lacks: readonly Lack[] = []): ClientProgram {
  const interpreter = (): string => join(toolPath('python-clients'), 'bin', 'python');
  return scenarioProgram(name, ['python-clients'], () => [interpreter(), join(sources, 'python', file)], lacks);
}

function goProgram(name: string, lacks: readonly Lack[] = []): ClientProgram {
  return scenarioProgram(name, ['go-clients'], () => [join(toolPath('go-clients'), 'bin', name)], lacks);
}

export const java3 = javaProgram('java-3.9', 'java-client-3');
export const java4 = javaProgram('java-4.x', 'java-client-4');
export const confluent = pythonProgram('confluent-kafka', 'confluent.py');
export const kafkaPython = pythonProgram('kafka-python', 'kafka_python.py', ['null-header', 'null-record']);
export const aiokafka = pythonProgram('aiokafka', 'aio_kafka.py', ['null-record']);
export const franzGo = goProgram('franz-go');
export const kafkaGo = goProgram('kafka-go', ['empty', 'key-partition']);
export const kafkajs = scenarioProgram(
  'kafkajs',
  [],
  () => [process.execPath, join(sources, 'kafkajs', 'producer.mjs')],
  ['consume', 'null-header'],
);
