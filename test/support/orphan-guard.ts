import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads a process id a line, with a minus before it once that process has ended. At the end of its input, whatever way
 * the test's process went, it kills those that are left.
 */
const PROGRAM = `
  /^-/ { delete running[substr($0, 2)]; next }
  { running[$0] }
  END { for (pid in running) system("kill -9 " pid) }`;

const guarded = new Set<number>();
let input: Writable | undefined;

/** Sees to it that a child process doesn't outlive this one, even if this one is killed. */
export function guardFromOrphanhood(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return; // It could not be started.
  input ??= startGuard();
  guarded.add(pid);
  input.write(`${pid}\n`);
  child.once('exit', () => {
    guarded.delete(pid);
    input?.write(`-${pid}\n`);
    if (guarded.size > 0) return;
    input?.end();
    input = undefined;
  });
}

/** In a group of its own: a Ctrl-C is not for it. */
function startGuard(): Writable {
  const { stdin } = spawn('awk', [PROGRAM], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  return stdin;
}
