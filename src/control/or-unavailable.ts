import { status } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';

/** @throws RpcException as it is, or UNAVAILABLE when `result` rejects otherwise */
export async function orUnavailable<T>(problem: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof RpcException) throw error;
    throw new RpcException({ code: status.UNAVAILABLE, message: `${problem}: ${String(error)}` });
  }
}
