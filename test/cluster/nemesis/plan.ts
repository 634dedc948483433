/** What is done to a broker, and undone when its time is over. Brokers are known by their number, from 0. */
export type Fault =
  /** kill -9; started again after `ms`. */
  | { readonly kind: 'kill'; readonly broker: number; readonly ms: number }
  /** SIGSTOP, SIGCONT after `ms`: some are shorter and some are longer than a lease. */
  | { readonly kind: 'pause'; readonly broker: number; readonly ms: number }
  /** SIGTERM; started again when it has ended. */
  | { readonly kind: 'restart'; readonly broker: number }
  /** DrainPartitions of everything; restarted after `ms`. */
  | { readonly kind: 'drain'; readonly broker: number; readonly ms: number }
  /** One more broker, which is stopped after `ms`. */
  | { readonly kind: 'join'; readonly ms: number }
  | {
      readonly kind: 'cut';
      readonly broker: number;
      /** What is at the other end. */
      readonly link: Link;
      readonly how: Cut;
      readonly ms: number;
    };

export type Link = 'etcd' | 's3' | 'clients';

/** `reset`: connections end at once. `stall`: they stay, and nothing passes. `slow`: everything is late. */
export type Cut = 'reset' | 'stall' | 'slow';

/** Faults that begin together, each of another broker, and the time to recover afterwards, ms. */
export interface Step {
  readonly faults: readonly Fault[];
  readonly calmMs: number;
}

const LINKS: readonly Link[] = ['etcd', 's3', 'clients'];
const CUTS: readonly Cut[] = ['reset', 'stall', 'slow'];
/** Of several faults at a time. */
const SEVERAL = [0.6, 0.3, 0.1];
const DRAWS: readonly { readonly weight: number; readonly draw: (broker: number, random: () => number) => Fault }[] = [
  { weight: 4, draw: (broker, random) => ({ kind: 'kill', broker, ms: between(0, 4_000, random) }) },
  { weight: 2, draw: (broker, random) => ({ kind: 'pause', broker, ms: between(300, 4_000, random) }) },
  { weight: 2, draw: (broker, random) => ({ kind: 'pause', broker, ms: between(12_000, 16_000, random) }) },
  { weight: 3, draw: (broker) => ({ kind: 'restart', broker }) },
  { weight: 2, draw: (broker, random) => ({ kind: 'drain', broker, ms: between(1_000, 5_000, random) }) },
  { weight: 2, draw: (_broker, random) => ({ kind: 'join', ms: between(3_000, 10_000, random) }) },
  {
    weight: 6,
    draw: (broker, random) => ({
      kind: 'cut',
      broker,
      link: pick(LINKS, random),
      how: pick(CUTS, random),
      ms: between(500, 15_000, random),
    }),
  },
];

/**
 * Draws steps without end: the same numbers give the same steps.
 *
 * @param brokers how many there are
 */
export function* drawSteps(random: () => number, brokers: number): Generator<Step, never> {
  for (;;) {
    const hit = shuffled(brokers, random).slice(0, Math.min(brokers, severalOf(random)));
    const faults = hit.map((broker) => drawFault(broker, random));
    const joins = faults.filter(({ kind }) => kind === 'join');
    yield {
      // One more broker is enough.
      faults: faults.filter((fault) => fault.kind !== 'join' || fault === joins[0]),
      calmMs: between(500, 3_000, random),
    };
  }
}

/** For the history, and for whoever watches. */
export function describeFault(fault: Fault): string {
  const ms = 'ms' in fault ? ` for ${fault.ms} ms` : '';
  switch (fault.kind) {
    case 'cut':
      return `broker ${fault.broker} and ${fault.link}: ${fault.how}${ms}`;
    case 'join':
      return `one more broker${ms}`;
    default:
      return `${fault.kind} broker ${fault.broker}${ms}`;
  }
}

function drawFault(broker: number, random: () => number): Fault {
  const total = DRAWS.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  const found = DRAWS.find(({ weight }) => (left -= weight) < 0) ?? DRAWS[0]!;
  return found.draw(broker, random);
}

function severalOf(random: () => number): number {
  let left = random();
  const found = SEVERAL.findIndex((share) => (left -= share) < 0);
  return found < 0 ? SEVERAL.length : found + 1;
}

function shuffled(count: number, random: () => number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => ({ index, by: random() }));
  return numbers.sort((a, b) => a.by - b.by).map(({ index }) => index);
}

function between(from: number, to: number, random: () => number): number {
  return Math.round(from + random() * (to - from));
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!;
}
