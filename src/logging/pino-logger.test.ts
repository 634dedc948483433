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

  const HOSTILE = 'orders\n{"level":"error","event":"forged"}\u001b[2J\u009b31m\u202e\u2028\ud800%s' + 'x'.repeat(5000);
  /** Anything that a terminal or a reader of lines could take for more than text. */
  const DANGEROUS = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

  test.each([
    ['JSON', (output: { write(line: string): void }) => output],
    ['for people', (output: { write(line: string): void }) => humanReadable(output)],
  ])('what clients choose cannot break out of its line, %s', (_form, formOf) => {
    const { lines, output } = collect();
    const fields = { event: 'request', clientId: HOSTILE, configs: [HOSTILE], nested: { topic: HOSTILE } };
    createLogger('info', formOf(output)).info(fields, `topic ${HOSTILE} deleted`);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.endsWith('\n')).toBe(true);
    expect(lines[0]!.slice(0, -1)).not.toMatch(DANGEROUS);
    expect(lines[0]!.length).toBeLessThan(6000);
    expect(lines[0]).toContain('orders');
  });

  test('neither can what is in the message of an error', () => {
    const { lines, output } = collect();
    createLogger('info', output).warn({ event: 'x', err: new Error(HOSTILE) }, 'failed');
    expect(lines).toHaveLength(1);
    const { err } = JSON.parse(lines[0]!) as { err: { message: string; stack: string } };
    expect(err.message).not.toMatch(DANGEROUS);
    expect(err.stack.replaceAll('\n', '')).not.toMatch(DANGEROUS);
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
