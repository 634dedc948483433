import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and returns what it printed on stdout.
 *
 * @param {string} program name in PATH or path
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>}
 * @throws {Error} when it can't be started or exits other than 0; the message carries the end of its output
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (cause) => reject(new Error(`${program} could not be started`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(stdout);
      reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${output.slice(-4000)}`));
    });
  });
}
