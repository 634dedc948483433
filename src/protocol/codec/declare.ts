/** All that a declaration in `schema/` needs. */
export * from './api.js';
export * from './fields.js';
export { Message } from './message.js';
export { parseVersions } from './versions.js';
