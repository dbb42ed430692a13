import { quantile } from "../campaigns/tally.ts";

/** Times in ms, and what is said of them. */
export class Samples {
  readonly values: number[] = [];

  /** Adds how long `act` took. */
  async time<T>(act: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const result = await act();
    this.values.push(performance.now() - from);
    return result;
  }

  get median(): number {
    return quantile(this.values, 0.5);
  }

  get p99(): number {
    return quantile(this.values, 0.99);
  }

  /** Median and 99th percentile, for a table. */
  toString(): string {
    return `${this.median.toFixed(2)} / ${this.p99.toFixed(2)} ms`;
  }
}
