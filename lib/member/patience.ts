import type { Clock } from "../core/clock.ts";
import type { ElectionEvent, Holder } from "../core/election.ts";
import { limits } from "../core/limits.ts";
import { readEndpoint } from "./endpoint_file.ts";
import type { Endpoint } from "./endpoint_file.ts";
import { ownNetwork } from "./own_network.ts";
import { processState } from "./process_state.ts";
import type { StateDirectory } from "./state_directory.ts";

interface Verdict {
  readonly holder: Endpoint;
  readonly isProven: boolean;
  readonly atMs: number;
}

/**
 * How long a process that looks for its broker waits for one that accepts and says nothing, and what
 * that silence proves.
 *
 * A port that nobody has published is left after the first look. At the published port the broker has
 * `limits.silentMs`; where its process is seen to run, it may only be slow and has
 * `limits.silentRunningMs`: leaving it sooner would have many that start at once walk all ports, shake
 * hands again, and so keep it from answering anybody.
 */
export class Patience {
  readonly #directory: StateDirectory;
  readonly #clock: Clock;
  #last: Verdict | undefined;
  #felt: number | undefined;
  #isSlow = false;

  constructor({ directory, clock }: { directory: StateDirectory; clock: Clock }) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** How much longer to wait at `port`, where somebody has been silent for `waitedMs`; 0 for no longer. */
  extendMs(port: number, waitedMs: number): number {
    const found = this.#published((said) => said.port === port);
    // The hint and the first port are often the same: one wait is enough.
    if (found === undefined || this.#isFresh(found) || found.epoch === this.#felt) return 0;
    if (waitedMs < limits.silentMs) return limits.silentMs - waitedMs;
    const { isProven, isRunning } = judge(found);
    this.#isSlow = isRunning && waitedMs < limits.silentRunningMs;
    // Twice as long each time: to look at a process costs those that are slow some milliseconds.
    if (this.#isSlow) return Math.min(waitedMs, limits.silentRunningMs - waitedMs);
    this.#last = { holder: found, isProven, atMs: this.#clock.monotonicMs() };
    return 0;
  }

  /** Whether a broker is waited for that is seen to run; until `over`. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** What was waited for has ended. */
  over(): void {
    this.#isSlow = false;
  }

  /** Whether the broker of `epoch` is seen to run. */
  isRunning(epoch: number): boolean {
    const found = this.#published((said) => said.epoch === epoch);
    return found !== undefined && judge(found).isRunning;
  }

  /** Whether a later broker than that of `epoch` has said where it is. */
  isPassedOver(epoch: number): boolean {
    return this.#published((said) => said.epoch > epoch) !== undefined;
  }

  #published(fits: (said: Endpoint) => boolean): Endpoint | undefined {
    const { holder, endpoint } = this.#directory;
    return [holder, endpoint].map(readEndpoint).find((said) => said !== undefined && fits(said));
  }

  /** This process followed the broker of `epoch` and has found it silent: it need not be waited for. */
  felt(epoch: number): void {
    this.#felt = epoch;
  }

  /** What the silence of `holder` proves, where it was waited for just now; undefined where not. */
  verdict(holder: Holder): { event: ElectionEvent } | undefined {
    const last = this.#isFresh(holder) ? this.#last : undefined;
    this.#last = undefined;
    if (last === undefined) return undefined;
    const { port } = holder;
    return { event: { kind: "silent", port, ...(last.isProven ? { proven: true } : {}) } };
  }

  /** Whether there is a verdict on this very broker, so young that it is not asked again. */
  #isFresh({ pid, epoch, port }: Holder): boolean {
    const last = this.#last;
    if (last === undefined) return false;
    const { holder } = last;
    const isSame = holder.pid === pid && holder.epoch === epoch && holder.port === port;
    return isSame && this.#clock.monotonicMs() - last.atMs < limits.silentMs;
  }
}

/**
 * `isProven`: who is silent is the holder itself, as that is stopped, or lives in the network of this
 * process and so is the one that has that port. `isRunning`: its process is seen to run.
 *
 * That its pid is seen is no proof that it can be reached: it may live in another network all the same.
 */
function judge(holder: Endpoint): { isProven: boolean; isRunning: boolean } {
  const state = processState(holder);
  const isHere = holder.network !== undefined && holder.network === ownNetwork();
  const isElsewhere = holder.network !== undefined && !isHere;
  return {
    isProven: state === "stopped" || isHere,
    isRunning: state === "running" && !isElsewhere,
  };
}
