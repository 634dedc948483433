import { Gauge, type Registry } from 'prom-client';

/** Adds values that are measured when somebody asks for them. */
export class Gauges {
  constructor(private readonly registry: Registry) {}

  add(name: string, help: string, measure: () => number): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(measure());
      },
    });
  }

  /**
   * One value for each of some things that are known by a label.
   *
   * @param measure the values by the label's values; those of the last time are forgotten
   */
  addEach(name: string, help: string, label: string, measure: () => Readonly<Record<string, number>>): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, amount] of Object.entries(measure())) this.set({ [label]: value }, amount);
      },
    });
  }

  /** 1 for the state that something is in, 0 for its others; nothing while it is in none. */
  addState<S extends string>(name: string, help: string, states: readonly S[], current: () => S | undefined): void {
    this.addEach(name, help, 'state', () => {
      const now = current();
      return now === undefined ? {} : Object.fromEntries(states.map((state) => [state, state === now ? 1 : 0]));
    });
  }
}
