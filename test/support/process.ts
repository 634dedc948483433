import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { guardFromOrphanhood } from './orphan-guard.js';

const KEPT_OUTPUT = 64 * 1024;

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Of servers: is given all that they print, of which they themselves keep the end only. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A server that runs beside a test, and no longer than the test's process. Its output is kept for error messages, the
 * last 64 KiB of it.
 */
export class ServerProcess {
  private output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(
    private readonly program: string,
    args: readonly string[],
    options: ProcessOptions = {},
  ) {
    this.child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    guardFromOrphanhood(this.child);
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT);
      options.onOutput?.(chunk);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => {
      this.child.once('close', () => resolve());
      this.child.once('error', (error) => {
        this.output += error.message;
        resolve();
      });
    });
  }

  /** @throws {Error} when the program could not be started */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.program} did not start: ${this.output}`);
    return this.child.pid;
  }

  get log(): string {
    return this.output;
  }

  /** Waits for the end. @returns the exit code, null when a signal ended it */
  async exited(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Undefined while it runs, and when a signal ended it. */
  get exitCode(): number | undefined {
    return this.child.exitCode ?? undefined;
  }

  /**
   * Waits until `probe` resolves to true; a probe that rejects counts as not ready yet.
   *
   * @throws {Error} when the process ends first or `timeoutMs` passes; the message carries its output
   */
  async ready(probe: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.running) {
      if (await probe().catch(() => false)) return;
      if (performance.now() > deadline) break;
      await delay(50);
    }
    const what = this.running ? `was not ready after ${timeoutMs} ms` : 'ended before it was ready';
    await this.kill('SIGKILL');
    throw new Error(`${this.program} ${what}:\n${this.output.slice(-4000)}`);
  }

  /** Sends a signal and waits for the end. Does nothing when the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.ended;
  }

  /** Stops in an orderly way: SIGTERM, and SIGKILL when that has no effect within `graceMs`. */
  async stop(graceMs = 10_000): Promise<void> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    try {
      await this.kill('SIGTERM');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** True when something listens on the port. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Runs a program to its end.
 *
 * @param input what it reads on stdin, none when left out
 * @throws {Error} when it can't be started, exits other than 0 or runs longer than `timeoutMs`
 */
export function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions & { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    guardFromOrphanhood(child);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its input closes the pipe; its exit code tells whether that was right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.once('error', (cause) => reject(new Error(`${program} could not be started`, { cause })));
    child.once('close', (code, signal) => {
      const result = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
      if (code === 0) return resolve(result);
      const output = (result.stderr || result.stdout).slice(-4000);
      reject(new Error(`${[program, ...args].join(' ').slice(0, 500)} ended with ${code ?? signal}:\n${output}`));
    });
  });
}
