import { ClassicGroup } from '../../src/groups/classic/classic-group.js';
import type { GroupSnapshot } from '../../src/groups/classic/group-snapshot.js';
import type { JoinRequest, JoinResult } from '../../src/groups/classic/messages.js';
import type { ClassicEnvironment } from '../../src/groups/classic/rebalance.js';
import type { GroupOptions } from '../../src/groups/group-options.js';
import { silentLogger } from '../../src/logging/logger.js';
import { ErrorCode, KafkaError } from '../../src/protocol/errors.js';
import { sleep } from '../../src/time/clock.js';
import { VirtualClock } from './virtual-clock.js';

export const GROUP_OPTIONS: GroupOptions = {
  initialRebalanceDelayMs: 3_000,
  minSessionTimeoutMs: 1_000,
  maxSessionTimeoutMs: 1_800_000,
  maxGroupSize: 100,
  offsetsRetentionMs: 604_800_000,
};

export const SESSION_MS = 10_000;
export const REBALANCE_MS = 20_000;
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 100;
/** What the members share among them. */
const PARTITIONS = 7;

/** How the next writes of the group's state go. */
export interface SaveFate {
  readonly delayMs: number;
  readonly fails: boolean;
}

/** A coordinator of one group that can be restarted, over a store that is slow and refuses writes as it is told. */
export class SimulatedCoordinator {
  readonly clock = new VirtualClock();
  group: ClassicGroup;
  /** What a restart finds. */
  stored: GroupSnapshot | undefined;
  private fates: SaveFate[] = [];
  private lastSave: Promise<void> = Promise.resolve();
  private uuids = 0;
  /** Counts restarts. */
  private epoch = 0;

  constructor(private readonly options: GroupOptions = GROUP_OPTIONS) {
    this.group = this.begin();
  }

  nextSave(fate: SaveFate): void {
    this.fates.push(fate);
  }

  /** Ends the coordinator and begins another. @param applyPending whether writes that are under way are carried out */
  async restart(applyPending: boolean): Promise<void> {
    const pending = this.lastSave;
    this.group.stop(ErrorCode.NOT_COORDINATOR);
    if (applyPending) await this.clock.until(pending.catch(() => undefined));
    // What is still under way belongs to the one that has ended, and is fenced.
    this.lastSave = Promise.resolve();
    this.epoch += 1;
    this.group = this.begin();
  }

  private begin(): ClassicGroup {
    const { epoch } = this;
    const env: ClassicEnvironment = {
      clock: this.clock,
      logger: silentLogger,
      options: this.options,
      save: (snapshot) => {
        const fate = this.fates.shift() ?? { delayMs: 1, fails: false };
        const before = this.lastSave;
        const save = (async () => {
          await before.catch(() => undefined);
          await sleep(this.clock, fate.delayMs);
          if (epoch !== this.epoch) throw new KafkaError(ErrorCode.NOT_COORDINATOR);
          if (fate.fails) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
          this.stored = snapshot;
        })();
        this.lastSave = save;
        return save;
      },
    };
    const newUuid = () => `uuid-${(this.uuids += 1)}`;
    return this.stored === undefined
      ? new ClassicGroup('group', env, newUuid)
      : ClassicGroup.restore(this.stored, env, newUuid);
  }
}

/** Who was given which partition in which generation, and that nobody else was given it. */
export class Ledger {
  private readonly owners = new Map<string, string>();

  /** @throws Error when another member was given one of the partitions in the same generation */
  give(generation: number, partitions: readonly number[], client: string): void {
    for (const partition of partitions) {
      const key = `${generation}/${partition}`;
      const owner = this.owners.get(key);
      if (owner !== undefined && owner !== client) {
        throw new Error(`partition ${partition} was given to ${owner} and ${client} in generation ${generation}`);
      }
      this.owners.set(key, client);
    }
  }
}

interface Assignment {
  readonly generation: number;
  /** Name of the client that the leader assigned it to. */
  readonly client: string;
  readonly partitions: readonly number[];
}

/**
 * A client as it should be: joins, hands in the assignment when it leads, sends heartbeats, and joins again when it is
 * told to. It can be made to stall, to crash, and to leave.
 */
export class SimulatedClient {
  memberId = '';
  /** The generation whose assignment it holds; −1 when it holds none. */
  generation = -1;
  /** Whether it has been answering promptly since it last came in. */
  isFaultless = true;
  readonly faults: string[] = [];
  /** Another process with the same instance id was started beside it: one of them is to be fenced. */
  hasTwin = false;
  private alive = true;
  private stalled: PromiseWithResolvers<undefined> | undefined;
  private done: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly coordinator: SimulatedCoordinator,
    private readonly ledger: Ledger,
    readonly isStatic: boolean,
  ) {}

  start(): void {
    this.done = this.run();
    // Whoever looks at the end is told.
    this.done.catch(() => undefined);
  }

  get isAlive(): boolean {
    return this.alive;
  }

  get isStalled(): boolean {
    return this.stalled !== undefined;
  }

  /** What happens to it next is not its fault. */
  excuse(): void {
    this.isFaultless = false;
  }

  stall(): void {
    this.excuse();
    this.stalled ??= Promise.withResolvers<undefined>();
  }

  resume(): void {
    this.stalled?.resolve(undefined);
    this.stalled = undefined;
  }

  crash(): void {
    this.excuse();
    this.alive = false;
    this.resume();
  }

  leave(): void {
    if (this.memberId !== '') {
      try {
        this.coordinator.group.leave([{ memberId: this.memberId, instanceId: null, reason: 'test' }]);
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
      }
    }
    this.crash();
  }

  /** What the client did wrong, or found wrong. */
  ended(): Promise<void> {
    return this.done;
  }

  private async run(): Promise<void> {
    while (this.isAlive) {
      const joined = await this.whenResponsive(this.join());
      if (this.hasGone()) return;
      if (joined === undefined) {
        await this.pause(RETRY_MS);
        continue;
      }
      if (!(await this.sync(joined))) continue;
      await this.stayIn(joined.generationId);
      this.generation = -1;
    }
  }

  private async join(): Promise<JoinResult | undefined> {
    const result = await this.coordinator.group.join(this.request());
    switch (result.errorCode) {
      case ErrorCode.NONE:
        this.memberId = result.memberId;
        return result;
      case ErrorCode.MEMBER_ID_REQUIRED:
        this.memberId = result.memberId;
        return this.whenResponsive(this.join());
      default:
        this.note('join', result.errorCode);
        return undefined;
    }
  }

  private async sync(joined: JoinResult): Promise<boolean> {
    const { generationId, members, memberId } = joined;
    const assignments = new Map(members.map((member, index) => [member.memberId, this.assignmentFor(joined, index)]));
    const result = await this.whenResponsive(
      this.coordinator.group.sync({
        memberId,
        instanceId: this.instanceId,
        generationId,
        protocolType: 'consumer',
        protocolName: joined.protocolName,
        assignments: joined.skipAssignment ? new Map() : assignments,
      }),
    );
    if (result.errorCode !== ErrorCode.NONE) {
      this.note('sync', result.errorCode);
      return false;
    }
    const given = result.assignment.length === 0 ? undefined : parse(result.assignment);
    if (given !== undefined) {
      if (given.generation !== generationId) {
        throw new Error(`${this.name} of generation ${generationId} was given that of ${given.generation}`);
      }
      if (given.client !== this.name) throw new Error(`${this.name} was given what is ${given.client}'s`);
      this.ledger.give(generationId, given.partitions, this.name);
    }
    this.generation = generationId;
    return true;
  }

  private assignmentFor({ generationId, members }: JoinResult, index: number): Buffer {
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition).filter(
      (partition) => partition % members.length === index,
    );
    const client = (members[index]?.memberId ?? '').replace(/-uuid-\d+$/, '');
    return Buffer.from(JSON.stringify({ generation: generationId, client, partitions } satisfies Assignment));
  }

  private async stayIn(generationId: number): Promise<void> {
    for (;;) {
      await this.pause(HEARTBEAT_MS);
      if (this.hasGone()) return;
      try {
        this.coordinator.group.heartbeat(this.memberId, this.instanceId, generationId);
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        if (error.code === ErrorCode.NOT_COORDINATOR || error.code === ErrorCode.COORDINATOR_NOT_AVAILABLE) continue;
        this.note('heartbeat', error.code);
        return;
      }
    }
  }

  private note(request: string, code: ErrorCode): void {
    if (code === ErrorCode.UNKNOWN_MEMBER_ID || code === ErrorCode.FENCED_INSTANCE_ID) {
      const isMeant = code === ErrorCode.FENCED_INSTANCE_ID && this.hasTwin;
      if (this.isFaultless && !isMeant) this.faults.push(`${this.name}: ${request} was answered ${code}`);
      this.memberId = '';
      this.isFaultless = !this.isStalled;
    }
    if (code === ErrorCode.FENCED_INSTANCE_ID) this.crash();
  }

  private async pause(ms: number): Promise<void> {
    await this.whenResponsive(sleep(this.coordinator.clock, ms));
  }

  /** A stalled client takes no notice of anything before it is resumed. */
  private async whenResponsive<T>(event: Promise<T>): Promise<T> {
    const result = await event;
    while (this.stalled !== undefined) await this.stalled.promise;
    return result;
  }

  private hasGone(): boolean {
    return !this.alive;
  }

  private get instanceId(): string | null {
    return this.isStatic ? this.name : null;
  }

  private request(): JoinRequest {
    return {
      memberId: this.memberId,
      instanceId: this.instanceId,
      clientId: this.name,
      clientHost: '/127.0.0.1',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('subscription') }],
      needsKnownMemberId: true,
      canSkipAssignment: true,
      reason: 'test',
    };
  }
}

function parse(assignment: Buffer): Assignment {
  return JSON.parse(assignment.toString()) as Assignment;
}
