import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shortLived } from '../../support/apache-kafka.js';
import { runProcess, ServerProcess, type ProcessOptions } from '../../support/process.js';
import { toolPath } from '../../support/tools.js';

/** A project in `examples` that Maven builds. */
export class JavaExample {
  /** What has to be installed for it. */
  readonly tool: string;
  private readonly pom: string;

  constructor(private readonly name: string) {
    this.tool = `example-${name}`;
    this.pom = readFileSync(this.source('pom.xml'), 'utf8');
  }

  /** A file of the project. */
  source(file: string): string {
    return join(import.meta.dirname, '..', '..', '..', 'examples', this.name, file);
  }

  /** A property of its pom.xml: `kafka.version`. @throws {Error} when there is none */
  property(name: string): string {
    const [, value] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(this.pom) ?? [];
    if (value === undefined) throw new Error(`pom.xml has no ${name}`);
    return value;
  }

  /** Of the project that its pom.xml inherits from. @throws {Error} when there is none */
  get parentVersion(): string {
    const [, version] = /<parent>[^]*?<version>([^<]+)<\/version>/.exec(this.pom) ?? [];
    if (version === undefined) throw new Error('pom.xml has no parent');
    return version;
  }

  /** A file that its build has left. */
  path(file: string): string {
    return join(toolPath(this.tool), file);
  }

  /**
   * Runs a program to its end.
   *
   * @param args as after `java`
   * @returns what it printed
   */
  async run(args: readonly string[], options: ProcessOptions = {}): Promise<string> {
    return (await runProcess('java', [...shortLived, ...args], { ...options, timeoutMs: 180_000 })).stdout;
  }

  /** Starts a program that runs until it is ended. */
  start(args: readonly string[], options: ProcessOptions = {}): ServerProcess {
    return new ServerProcess('java', [...shortLived, ...args], options);
  }
}
