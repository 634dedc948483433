import { resolve } from 'node:path';
import { root } from '../support/project.mjs';

const { KAFSCALE_BROKER_ADDR, KAFSCALE_METRICS_ADDR, KAFSCALE_DATA_DIR } = process.env;

/** Where a broker that is started here listens, and the folder of its objects: by the settings that it reads too. */
export const local = {
  bootstrap: reachable(KAFSCALE_BROKER_ADDR || ':9092'),
  http: `http://${reachable(KAFSCALE_METRICS_ADDR || ':9093')}`,
  objects: resolve(root, KAFSCALE_DATA_DIR || 'data', 'objects'),
};

/** An address without a host stands for all interfaces. */
function reachable(address) {
  return address.startsWith(':') ? `localhost${address}` : address;
}
