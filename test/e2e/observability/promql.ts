import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { toolPath } from '../../support/tools.js';

/** What a broker told when it was scraped. */
export interface Scrape {
  readonly atMs: number;
  /** That Prometheus adds. */
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface EvaluationCase {
  readonly scrapes: readonly Scrape[];
  /** Evaluated at the time of the last scrape. */
  readonly expressions: readonly string[];
}

export interface Evaluation {
  readonly error?: string;
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
  /** The selectors in the expression, with how many series each has found. */
  readonly selectors: readonly { readonly text: string; readonly series: number }[];
}

interface Answer {
  readonly ruleErrors: readonly string[];
  /** For each case, in order, its expressions in order. */
  readonly cases: readonly (readonly Evaluation[])[];
}

/** Has Prometheus' own engine evaluate expressions, and its own parser check a rule file. */
export async function askPrometheus(cases: readonly EvaluationCase[], rules = ''): Promise<Answer> {
  const child = spawn(join(toolPath('promql'), 'bin', 'promql'), { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ rules, cases }));
  const [answer] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return JSON.parse(answer) as Answer;
}
