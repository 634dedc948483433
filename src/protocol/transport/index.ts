/** Kafka's side of a TCP port: framing, back-pressure, and the way from a request to its handler. */
export { ByteBudget, type Reservation } from './byte-budget.js';
export { CloseConnection } from './close-connection.js';
export { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from './connection-limits.js';
export { Dispatcher, type DispatcherOptions, type RequestObserver } from './dispatcher.js';
export type { Answer, ClientConnection, FrameHandler } from './frame-handler.js';
export { type AdvertisedApi, HandlerTable } from './handler-table.js';
export { type HandlerResult, KafkaApi, type KafkaApiHandler } from './handler.js';
export { KafkaServer, type KafkaServerOptions } from './kafka-server.js';
export { ProtocolModule } from './protocol.module.js';
export type { RequestContext } from './request-context.js';
