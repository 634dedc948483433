import { Injectable, SetMetadata } from '@nestjs/common';
import type { Api, RequestOf, ResponseInput } from '../codec/index.js';
import type { ErrorCode } from '../errors.js';
import type { RequestContext } from './request-context.js';

/**
 * Serves one API of the protocol, in all its declared versions.
 *
 * Requests of one connection reach `handle` in the order in which the client sent them, and while earlier ones may
 * still be waiting for their results. What must happen in that order (appending to a log, above all) has to happen
 * before `handle` returns or first awaits.
 */
export interface KafkaApiHandler<A extends Api> {
  /**
   * @returns undefined where the client expects no response at all (Produce with acks 0)
   * @throws KafkaError to have {@link errorResponse} answered with its code
   * @throws CloseConnection to close the connection instead of answering
   */
  handle(request: RequestOf<A>, context: RequestContext): HandlerResult<A> | Promise<HandlerResult<A>>;

  /**
   * The response that says "failed with this code" wherever the API has a place for it: at its top, or for every
   * topic, partition or group that was asked for. Must not throw.
   *
   * @returns undefined where the client expects no response; the connection is closed then
   */
  errorResponse(
    request: RequestOf<A>,
    code: ErrorCode,
    message: string,
    context: RequestContext,
  ): ResponseInput<A> | undefined;
}

export type HandlerResult<A extends Api> = ResponseInput<A> | undefined;

/** Metadata key under which a handler class carries its {@link Api}. */
export const KAFKA_API = Symbol('kafka-api');

/**
 * Makes a class the handler of an API: an injectable that the protocol module finds, wherever it is provided.
 *
 *     @KafkaApi(Produce)
 *     export class ProduceHandler implements KafkaApiHandler<typeof Produce> { … }
 */
export function KafkaApi<A extends Api>(api: A) {
  return (target: new (...dependencies: never[]) => KafkaApiHandler<A>): void => {
    Injectable()(target);
    SetMetadata(KAFKA_API, api)(target);
  };
}
