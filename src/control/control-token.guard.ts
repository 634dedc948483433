import { createHash, timingSafeEqual } from 'node:crypto';
import { status, type Metadata } from '@grpc/grpc-js';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';

const SCHEME = /^Bearer +/i;

/** Lets calls pass that carry the control token, and all calls where none is configured. */
@Injectable()
export class ControlTokenGuard implements CanActivate {
  private readonly digest: Buffer | undefined;

  constructor(@Inject(BROKER_CONFIG) { control }: Pick<BrokerConfig, 'control'>) {
    this.digest = control.token === undefined ? undefined : digestOf(control.token);
  }

  /** @throws RpcException UNAUTHENTICATED */
  canActivate(context: ExecutionContext): boolean {
    if (this.digest === undefined) return true;
    const given = context.switchToRpc().getContext<Metadata>().get('authorization')[0]?.toString() ?? '';
    // Digests have one length, and their comparison takes as long whatever was given.
    if (SCHEME.test(given) && timingSafeEqual(digestOf(given.replace(SCHEME, '')), this.digest)) return true;
    const message = 'this call needs the metadata entry "authorization: Bearer <KAFSCALE_CONTROL_TOKEN>"';
    throw new RpcException({ code: status.UNAUTHENTICATED, message });
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
