import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Registry } from 'prom-client';
import type { Readiness } from './readiness.js';

/**
 * The probes and metrics of a process that is starting: alive, not ready, and why. The application takes over as soon as it is
 * there. Connections end with each answer, so that the next question reaches whoever serves then.
 */
export class StartupProbes {
  private readonly server: Server;

  constructor(
    private readonly readiness: Readiness,
    private readonly registry: Registry,
  ) {
    this.server = createServer({ keepAlive: false }, ({ url = '' }, response) => {
      this.answer(new URL(url, 'http://localhost').pathname, response).catch((error: unknown) => {
        respond(response, 500, String(error));
      });
    });
  }

  /** @param socket nothing has been read from it */
  serve(socket: Socket): void {
    this.server.emit('connection', socket);
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    switch (path) {
      case '/livez':
        return respond(response, 200, 'ok\n');
      case '/readyz': {
        const problems = await this.readiness.problems();
        if (problems.length === 0) return respond(response, 200, 'ok\n');
        return respond(response, 503, { ready: false, problems });
      }
      case '/health':
        return respond(response, 503, await this.health());
      case '/metrics':
        response.setHeader('content-type', this.registry.contentType);
        return respond(response, 200, await this.registry.metrics());
      default:
        return respond(response, 404, 'the broker is starting\n');
    }
  }

  /** In the form of Terminus. */
  private async health() {
    const states = await this.readiness.dependencies();
    const start = { status: 'down', problem: 'clients cannot connect yet' };
    const error: Record<string, object> = { start };
    for (const { name, problem } of states) error[name] = { status: 'down', problem };
    return { status: 'error', info: {}, error, details: error };
  }
}

function respond(response: ServerResponse, status: number, body: string | object): void {
  if (typeof body === 'object') response.setHeader('content-type', 'application/json');
  response.writeHead(status, { connection: 'close' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
