import { describe, expect, test } from '@jest/globals';
import { humanReadable } from './human-readable.js';
import { NestLogger } from './nest-logger.js';
import { createLogger } from './pino-logger.js';

function collect() {
  const lines: string[] = [];
  return { lines, output: { write: (line: string) => void lines.push(line) } };
}

describe('logger', () => {
  test('writes one JSON line per event, with its fields and the failure behind it', () => {
    const { lines, output } = collect();
    createLogger('info', output).warn({ event: 'disk_full', bytes: 5, err: new Error('no space') }, 'cannot write');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      level: 'warn',
      event: 'disk_full',
      bytes: 5,
      msg: 'cannot write',
      err: { type: 'Error', message: 'no space', stack: expect.stringContaining('no space') as unknown },
    });
  });

  test('leaves out what is less important than its level', () => {
    const { lines, output } = collect();
    createLogger('warn', output).info({ event: 'x' }, 'x');
    expect(lines).toEqual([]);
  });

  test('has a form for people', () => {
    const { lines, output } = collect();
    createLogger('info', humanReadable(output)).info({ event: 'started', port: 9092, path: 'a b' }, 'ready');
    expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}ready {2}port=9092 path="a b"\n$/)]);
  });

  test('takes what Nest says', () => {
    const { lines, output } = collect();
    const nest = new NestLogger(createLogger('info', output));
    nest.log('wiring', 'InstanceLoader');
    nest.error('broken', 'the stack', 'ExceptionHandler');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 'error', msg: 'broken', context: 'ExceptionHandler', details: ['the stack'] }),
    ]);
  });
});
