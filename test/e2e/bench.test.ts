import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runProcess } from '../support/process.js';

interface Report {
  readonly command: string;
  readonly machine: { readonly cores: number };
  readonly figures: readonly {
    readonly scenario: string;
    readonly name: string;
    readonly broker: string;
    readonly value: number;
  }[];
}

const root = join(import.meta.dirname, '..', '..');
const hooks = join(root, 'test', 'support', 'typescript-hooks.mjs');

function bench(...args: string[]) {
  const nodeOptions = ['--experimental-transform-types', '--no-warnings', '--import', hooks];
  return runProcess(process.execPath, [...nodeOptions, join(root, 'bench', 'run.ts'), ...args]);
}

/** Whether the benchmarks still run. What they measure is for people: nothing here depends on speed. */
describe('npm run bench', () => {
  test('measures a broker and reports figures as JSON, with a table beside it', async () => {
    const { stdout, stderr } = await bench('--scenario', 'produce', '--megabytes', '2', '--brokers', 'kafscale-local');

    const { command, machine, figures } = JSON.parse(stdout) as Report;
    expect(command).toBe('npm run --silent bench -- --scenario produce --megabytes 2 --brokers kafscale-local');
    expect(machine.cores).toBeGreaterThan(0);
    // Four loads, and of each the broker's CPU, the throughput and the latency.
    expect(figures).toHaveLength(4 * 3);
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
    for (const { scenario, broker, value } of figures) {
      expect({ scenario, broker }).toEqual({ scenario: 'produce', broker: 'kafscale-local' });
      expect(Number.isFinite(value) && value >= 0).toBe(true);
    }
    for (const { name } of figures) expect(stderr).toContain(`| ${name} |`);
  }, 60_000);

  test('says what is wrong with its arguments', async () => {
    await expect(bench('--scenario', 'none')).rejects.toThrow('there is no scenario "none"');
  });
});
