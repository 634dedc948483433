import type { Socket } from 'node:net';

/**
 * Ends a connection with RST. One that is being shut down already is closed instead: Node never frees the handle of a
 * socket that is reset then, and spins for ever when the process ends.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
