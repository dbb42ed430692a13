import type { Finding } from "../cli/doctor/findings.ts";
import type { Clock } from "../core/clock.ts";
import type { Examination } from "./protocol.ts";
import { webLimits } from "./web_limits.ts";

/** What the doctor finds, looked at once for all pages that ask within `webLimits.findingsMs`. */
export class FindingsDesk {
  readonly #examine: () => Promise<Finding[]>;
  readonly #clock: Clock;
  #last: { readonly sinceMs: number; readonly found: Promise<Examination> } | undefined;

  constructor(examine: () => Promise<Finding[]>, clock: Clock) {
    this.#examine = examine;
    this.#clock = clock;
  }

  /** Rejects with what the examination failed with; the next one then looks again. */
  async ask(): Promise<Examination> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#last === undefined || nowMs - this.#last.sinceMs > webLimits.findingsMs) {
      this.#last = { sinceMs: nowMs, found: this.#look() };
    }
    try {
      return await this.#last.found;
    } catch (error) {
      this.#last = undefined;
      throw error;
    }
  }

  async #look(): Promise<Examination> {
    const findings = await this.#examine();
    return { atMs: this.#clock.wallMs(), findings };
  }
}
