import { status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import { AssignmentMirror } from './assignment-mirror.js';
import type { AssignmentWatchRequest, PartitionAssignmentEvent } from './messages.js';
import { PacedStream, type EventSink } from './paced-stream.js';

/** Streams at a time. */
const MAX_WATCHES = 64;
/** Changes that wait for a slow reader. */
const MAX_WAITING_EVENTS = 10_000;

/** The service `kafscale.control.AssignmentStream`. */
@Controller()
export class AssignmentStreamController {
  constructor(@Inject(AssignmentMirror) private readonly mirror: AssignmentMirror) {}

  /**
   * Writes to the call itself, as an observable's events would be buffered without a limit. The observable ends the call.
   */
  @GrpcMethod('AssignmentStream', 'WatchAssignments')
  watchAssignments(
    { brokerId, once }: AssignmentWatchRequest,
    _metadata: unknown,
    call: EventSink<PartitionAssignmentEvent>,
  ): Observable<never> {
    return new Observable((subscriber) => {
      if (this.mirror.size >= MAX_WATCHES) {
        subscriber.error(exhausted(`this broker has ${MAX_WATCHES} watches of assignments, and takes no more`));
        return undefined;
      }
      const concerns = (event: PartitionAssignmentEvent | undefined) => brokerId === '' || event?.brokerId === brokerId;
      const stream = new PacedStream(call, MAX_WAITING_EVENTS, (reason) => {
        if (reason === 'written') subscriber.complete();
        else subscriber.error(exhausted(`the reader is more than ${MAX_WAITING_EVENTS} changes behind: begin again`));
      });
      const subscription = this.mirror.subscribe((event, previous) => {
        if (!once && (concerns(event) || concerns(previous))) stream.push(event);
      });
      subscription.present.then(
        (present) => {
          stream.begin(present.filter(concerns));
          if (once) stream.end();
        },
        (error: unknown) => {
          subscriber.error(new RpcException({ code: status.UNAVAILABLE, message: `no assignments: ${String(error)}` }));
        },
      );
      return () => {
        stream.close();
        subscription.close();
      };
    });
  }
}

function exhausted(message: string): RpcException {
  return new RpcException({ code: status.RESOURCE_EXHAUSTED, message });
}
