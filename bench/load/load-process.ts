import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, ResultOf } from './jobs.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** The process that produces and consumes, apart from the one that measures. Does one job at a time. */
export class LoadProcess {
  private readonly child: ChildProcess = fork(WORKER);

  /** @throws {Error} what went wrong in the load process, or that it ended */
  async run<J extends Job>(job: J): Promise<ResultOf<J>> {
    const ended = new AbortController();
    const onExit = () => ended.abort(new Error('the load process ended'));
    this.child.once('exit', onExit);
    try {
      this.child.send(job);
      const [answer] = (await once(this.child, 'message', { signal: ended.signal })) as [
        { readonly result: ResultOf<J> } | { readonly error: string },
      ];
      if ('error' in answer) throw new Error(`${job.kind}: ${answer.error}`);
      return answer.result;
    } finally {
      this.child.off('exit', onExit);
    }
  }

  stop(): void {
    this.child.disconnect();
  }
}
