/** One point in time of a Prometheus page, its samples by name and labels as they stand there. */
export class MetricsPage {
  private constructor(private readonly samples: ReadonlyMap<string, number>) {}

  /** @param address `host:port` */
  static async read(address: string): Promise<MetricsPage> {
    const page = await (await fetch(`http://${address}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new MetricsPage(
      new Map(
        lines.map((line) => {
          const space = line.lastIndexOf(' ');
          return [line.slice(0, space), Number(line.slice(space + 1))];
        }),
      ),
    );
  }

  /** Of a gauge without labels. @throws {Error} when it is not on the page */
  value(gauge: string): number {
    const value = this.samples.get(gauge);
    if (value === undefined) throw new Error(`there is no metric ${gauge}`);
    return value;
  }

  /** By how much a counter has grown since an earlier page, all its labels together that hold `label`. */
  increaseSince(earlier: MetricsPage, counter: string, label = ''): number {
    const sum = ({ samples }: MetricsPage) =>
      [...samples]
        .filter(([name]) => name === counter || (name.startsWith(`${counter}{`) && name.includes(label)))
        .reduce((total, [, value]) => total + value, 0);
    return sum(this) - sum(earlier);
  }

  /** Mean of what a histogram has observed since an earlier page. */
  meanSince(earlier: MetricsPage, histogram: string, labels = ''): number {
    const increase = (suffix: string) => {
      const name = `${histogram}_${suffix}${labels}`;
      return (this.samples.get(name) ?? 0) - (earlier.samples.get(name) ?? 0);
    };
    return increase('sum') / increase('count');
  }
}
