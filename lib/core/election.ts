import { HustingsError } from "./errors.ts";
import { invariant } from "./invariant.ts";
import { limits } from "./limits.ts";

/** Who is the broker by the word of the store: its lock's holder, or the last who claimed it. */
export interface Holder {
  readonly port: number;
  readonly pid: number;
  readonly epoch: number;
  /** It claimed over a holder that still had the lock: its end frees nothing that would tell. */
  readonly lockless?: true;
  /** It listens in another network than this process: what its port does here says nothing of it. */
  readonly elsewhere?: true;
  /** Nobody had the lock at this moment; a broker without it takes it as soon as it is free. */
  readonly lockFree?: true;
}

/**
 * One process's part in the election.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | idle | construction | start → seeking | all else |
 * | seeking | start, lost, fenced, rested | answered → following; bound → claiming; foreign, silent → the next port, after the last one → stopped, → resting where one was silent and may be ours; refused → stopped; vanished → resting, too often → the next port (the hint: → the first port) | lost, fenced |
 * | claiming | bound | claimed → leading; held → asking, → deposing where the holder was judged silent before, or → resting where nobody can be asked; refused → stopped | lost |
 * | asking | held | answered → following; vanished, foreign → resting, → deposing where the holder had no lock and can only be dead; silent → deposing where it is proven that the holder is, → resting where not, for the second time → stopped; refused → stopped | lost |
 * | deposing | a holder that is silent, or dead without the lock | claimed → leading; held (another was faster, or the holder stopped inside a commit) → resting; refused → stopped | lost |
 * | leading | claimed | fenced → seeking; handover → resting; resign | lost |
 * | following | answered | lost → seeking; resign | fenced |
 * | resting | a round without a result | rested → seeking; too many rounds → stopped | lost, fenced |
 * | stopped | foreign on every port, refused, too many rounds | start → seeking | all else |
 * | resigned | resign, from anywhere | never | everything |
 *
 * Silence is judged by who asked for the whole of `limits.silentMs`: its follower, whose `lost` says so
 * and who had shaken hands with it, or a newcomer that asked the holder of the lock and has proof that
 * it was the holder that was asked. A silent program at the holder's port proves nothing: another
 * network namespace has other programs on the same ports. A holder of the lock at whose port nobody
 * listens is never deposed: it is starting, or lives where this process cannot see it.
 */
export type ElectionState =
  | { readonly kind: "idle" }
  | { readonly kind: "seeking"; readonly port: number; readonly bind: boolean }
  | { readonly kind: "claiming"; readonly port: number }
  | { readonly kind: "asking"; readonly port: number; readonly holder: Holder }
  | { readonly kind: "deposing"; readonly port: number; readonly holder: Holder }
  | { readonly kind: "leading"; readonly port: number; readonly epoch: number }
  | { readonly kind: "following"; readonly port: number; readonly epoch: number }
  | { readonly kind: "resting" }
  | { readonly kind: "stopped"; readonly error: HustingsError }
  | { readonly kind: "resigned" };

export type ElectionEvent =
  /** Begin; `hint` is the port where a broker was last published. */
  | { readonly kind: "start"; readonly hint?: number }
  /** The place that was looked at is our broker. */
  | { readonly kind: "answered"; readonly port: number; readonly epoch: number }
  /** The port that was looked at was free and is ours now. */
  | { readonly kind: "bound"; readonly port: number }
  /** Something else holds the port: `what` describes it for the user, `cure` says how to find out more. */
  | {
    readonly kind: "foreign";
    readonly port: number;
    readonly what: string;
    readonly cure?: string;
  }
  /**
   * Something accepts there and says nothing: a foreign program, or our broker, stopped. `proven`:
   * the holder that was asked is known to be the one that is silent.
   */
  | { readonly kind: "silent"; readonly port: number; readonly proven?: true }
  /** Nobody listens, or who listened went while we spoke. */
  | { readonly kind: "vanished"; readonly port: number }
  | { readonly kind: "claimed"; readonly epoch: number }
  /**
   * The store has a broker; `holder` is absent when it has not said who it is. `why` says what else
   * stands in the way, for the user, should it stay so.
   */
  | { readonly kind: "held"; readonly holder?: Holder; readonly why?: HustingsError }
  /** The store cannot be claimed, or the broker speaks no version of ours. */
  | { readonly kind: "refused"; readonly error: HustingsError }
  | { readonly kind: "fenced" }
  /** Another process wants to be the broker instead. */
  | { readonly kind: "handover" }
  /** `silent`: its follower waited for `limits.silentMs` and heard nothing. */
  | { readonly kind: "lost"; readonly silent?: true }
  | { readonly kind: "rested" }
  | { readonly kind: "resign" };

/** What the process has to do next. */
export type ElectionEffect =
  /** Bind the port (where `bind`), else shake hands there. Answer: bound, answered, foreign, silent, vanished, refused. */
  | { readonly kind: "look"; readonly port: number; readonly bind: boolean }
  /** Claim the store, as the `heir` of a broker that it followed. Answer: claimed, held, refused. */
  | { readonly kind: "claim"; readonly port: number; readonly heir: boolean }
  /** Shake hands with the holder, for `limits.silentMs` at least. Answer: answered, foreign, silent, vanished, refused. */
  | { readonly kind: "ask"; readonly holder: Holder }
  /** Claim the store over a holder that is silent, if its epoch is still `epoch`. Answer: claimed, held, refused. */
  | { readonly kind: "depose"; readonly port: number; readonly epoch: number }
  /** Give the bound port back. */
  | { readonly kind: "unbind" }
  /** Serve on the bound port. */
  | { readonly kind: "lead"; readonly port: number; readonly epoch: number }
  /** Use the connection that answered. */
  | { readonly kind: "follow"; readonly port: number; readonly epoch: number }
  /** Close every connection and the store; acknowledge nothing more. */
  | { readonly kind: "abdicate" }
  /** Wait a jittered moment that grows with the rounds. Answer: rested. */
  | { readonly kind: "rest"; readonly rounds: number }
  /** Tell the waiting calls why there is no bus. */
  | { readonly kind: "stop"; readonly error: HustingsError };

interface Judged {
  readonly port: number;
  readonly epoch: number;
}

/** The states and events above, as a machine without a world: events in, effects out. */
export class Election {
  #state: ElectionState = { kind: "idle" };
  #rounds = 0;
  #muteRounds = 0;
  #foreign: string[] = [];
  readonly #cures = new Set<string>();
  /** One of the ports of this round was silent. */
  #wasSilent = false;
  /** It followed a broker until this search began. */
  #heir = false;
  /** The broker that this process followed and found silent. */
  #judged: Judged | undefined;
  readonly #ports: readonly number[];

  /** `ports`: where the bus may live, the first one preferred. */
  constructor(ports: readonly number[]) {
    invariant(ports.length > 0, "an election has a port");
    this.#ports = ports;
  }

  get state(): ElectionState {
    return this.#state;
  }

  /** Takes one event and returns what to do, in order. An event that the state ignores returns nothing. */
  handle(event: ElectionEvent): ElectionEffect[] {
    const state = this.#state;
    if (state.kind === "resigned") return [];
    if (event.kind === "resign") return this.#resign(state);
    switch (state.kind) {
      case "idle":
      case "stopped":
        return event.kind === "start" ? this.#begin(event) : [];
      case "seeking":
        return this.#seeking(state, event);
      case "claiming":
        return this.#claiming(state, event);
      case "asking":
        return this.#asking(state, event);
      case "deposing":
        return this.#deposing(state, event);
      case "leading":
        if (event.kind === "handover") return [{ kind: "abdicate" }, ...this.#rest(takenOver, 6)];
        return event.kind === "fenced" ? [{ kind: "abdicate" }, ...this.#begin()] : [];
      case "following":
        if (event.kind !== "lost") return [];
        return this.#begin({ heir: true, ...(event.silent ? { judged: state } : {}) });
      case "resting":
        return event.kind === "rested" ? this.#round() : [];
    }
  }

  #set(next: ElectionState): void {
    this.#state = next;
  }

  #begin(
    options: { hint?: number; judged?: Judged; heir?: boolean } = {},
  ): ElectionEffect[] {
    this.#rounds = 0;
    this.#muteRounds = 0;
    this.#heir = options.heir ?? false;
    this.#judged = options.judged;
    return options.hint === undefined ? this.#round() : this.#look(options.hint, false);
  }

  #round(): ElectionEffect[] {
    this.#foreign = [];
    this.#cures.clear();
    this.#wasSilent = false;
    return this.#lookFrom(0);
  }

  /** Looks at the next port, but not again at one whose silence was judged already. */
  #lookFrom(index: number): ElectionEffect[] {
    const port = this.#ports[index];
    if (port === undefined) return this.#noPortLeft();
    if (port !== this.#judged?.port) return this.#look(port, true);
    this.#foreign.push(`${port}: ${silentProgram}`);
    return this.#lookFrom(index + 1);
  }

  #look(port: number, bind: boolean): ElectionEffect[] {
    this.#set({ kind: "seeking", port, bind });
    return [{ kind: "look", port, bind }];
  }

  #seeking(
    state: Extract<ElectionState, { kind: "seeking" }>,
    event: ElectionEvent,
  ): ElectionEffect[] {
    switch (event.kind) {
      case "answered":
        return this.#follow(event.port, event.epoch);
      case "bound":
        invariant(event.port === state.port, "the port that was bound is the one looked at");
        this.#set({ kind: "claiming", port: event.port });
        return [{ kind: "claim", port: event.port, heir: this.#heir }];
      case "foreign":
      case "silent":
        if (!state.bind) return this.#round();
        this.#wasSilent ||= event.kind === "silent";
        if (event.kind === "foreign" && event.cure !== undefined) this.#cures.add(event.cure);
        this.#foreign.push(
          `${event.port}: ${event.kind === "foreign" ? event.what : silentProgram}`,
        );
        return this.#lookFrom(this.#ports.indexOf(state.port) + 1);
      case "vanished":
        return state.bind ? this.#vanished(state.port) : this.#round();
      case "refused":
        return this.#stop(event.error);
      default:
        return [];
    }
  }

  /** A broker that ends leaves its port for a moment; who always refuses is another program. */
  #vanished(port: number): ElectionEffect[] {
    if (this.#rounds < vanishedRounds) return this.#rest(unreachable(undefined));
    this.#foreign.push(`${port}: a program that has the port and accepts nobody`);
    return this.#lookFrom(this.#ports.indexOf(port) + 1);
  }

  /** Who is silent may be one of ours that looks for the broker as well, and is slow. */
  #noPortLeft(): ElectionEffect[] {
    const error = new HustingsError(
      "bus_down",
      `No port is left for the bus (${this.#foreign.join("; ")}): ` +
        ["end one of these programs, or set HUSTINGS_PORT to the first of ten free ports for all agents"]
          .concat(...this.#cures).join("; "),
    );
    return this.#wasSilent && this.#rounds < silentRounds ? this.#rest(error) : this.#stop(error);
  }

  #claiming(
    state: Extract<ElectionState, { kind: "claiming" }>,
    event: ElectionEvent,
  ): ElectionEffect[] {
    switch (event.kind) {
      case "claimed":
        return this.#lead(state.port, event.epoch);
      case "refused":
        return [{ kind: "unbind" }, ...this.#stop(event.error)];
      case "held": {
        // A holder that named the port we have just bound cannot be listening there: it is going.
        const { holder } = event;
        if (holder === undefined || holder.port === state.port) {
          if (this.#isDead(holder)) return this.#depose(state.port, holder);
          return [{ kind: "unbind" }, ...this.#rest(event.why ?? unreachable(holder))];
        }
        if (holder.epoch === this.#judged?.epoch) return this.#depose(state.port, holder);
        this.#set({ kind: "asking", port: state.port, holder });
        return [{ kind: "ask", holder }];
      }
      default:
        return [];
    }
  }

  #asking(
    state: Extract<ElectionState, { kind: "asking" }>,
    event: ElectionEvent,
  ): ElectionEffect[] {
    switch (event.kind) {
      case "answered":
        return [{ kind: "unbind" }, ...this.#follow(event.port, event.epoch)];
      case "silent":
        if (event.proven) return this.#depose(state.port, state.holder);
        return [{ kind: "unbind" }, ...this.#met(mute(state.holder))];
      case "vanished":
      case "foreign":
        if (this.#isDead(state.holder)) return this.#depose(state.port, state.holder);
        return [{ kind: "unbind" }, ...this.#rest(unreachable(state.holder))];
      case "refused":
        return [{ kind: "unbind" }, ...this.#stop(event.error)];
      default:
        return [];
    }
  }

  /**
   * Whether a holder that does not listen can only be dead: one without the lock, that serves as soon
   * as it has claimed. From elsewhere it would have taken the lock in all these rounds, were it free.
   */
  #isDead(holder: Holder | undefined): holder is Holder {
    if (!holder?.lockless) return false;
    return !holder.elsewhere || (holder.lockFree === true && this.#rounds === limits.raceRounds);
  }

  #depose(port: number, holder: Holder): ElectionEffect[] {
    this.#set({ kind: "deposing", port, holder });
    return [{ kind: "depose", port, epoch: holder.epoch }];
  }

  #deposing(
    state: Extract<ElectionState, { kind: "deposing" }>,
    event: ElectionEvent,
  ): ElectionEffect[] {
    switch (event.kind) {
      case "claimed":
        return this.#lead(state.port, event.epoch);
      case "held":
        return [{ kind: "unbind" }, ...this.#rest(event.why ?? unreachable(event.holder))];
      case "refused":
        return [{ kind: "unbind" }, ...this.#stop(event.error)];
      default:
        return [];
    }
  }

  #lead(port: number, epoch: number): ElectionEffect[] {
    this.#set({ kind: "leading", port, epoch });
    return [{ kind: "lead", port, epoch }];
  }

  #follow(port: number, epoch: number): ElectionEffect[] {
    this.#set({ kind: "following", port, epoch });
    return [{ kind: "follow", port, epoch }];
  }

  /** `obstacle`: what to say when it does not go away. */
  #rest(obstacle: HustingsError, rounds = this.#rounds + 1): ElectionEffect[] {
    this.#rounds = rounds;
    if (this.#rounds > limits.raceRounds) return this.#stop(obstacle);
    this.#set({ kind: "resting" });
    return [{ kind: "rest", rounds: this.#rounds }];
  }

  /** In the middle of a takeover, one who still races may have the port of a holder that has ended. */
  #met(unknown: HustingsError): ElectionEffect[] {
    this.#muteRounds += 1;
    return this.#muteRounds > muteRounds ? this.#stop(unknown) : this.#rest(unknown);
  }

  #stop(error: HustingsError): ElectionEffect[] {
    this.#set({ kind: "stopped", error });
    return [{ kind: "stop", error }];
  }

  #resign(state: ElectionState): ElectionEffect[] {
    this.#set({ kind: "resigned" });
    if (state.kind === "leading") return [{ kind: "abdicate" }];
    const bound = ["claiming", "asking", "deposing"].includes(state.kind);
    return bound ? [{ kind: "unbind" }] : [];
  }
}

/** About a tenth of a second: the first rests are short. */
const vanishedRounds = 5;
/** Ten silent ports take three seconds, and a call waits for ten. */
const silentRounds = 2;
/** Silence that proves nothing is met once more, and no oftener: each time takes two seconds or more, of the ten of a call. */
const muteRounds = 1;
/** Who hands over rests as after some rounds, a tenth of a second, so that who asked comes first. */
const takenOver = unreachable(undefined);
const silentProgram = "a program that accepts and stays silent";

function unreachable(holder: Holder | undefined): HustingsError {
  const who = holder === undefined
    ? "another process that has not said who it is"
    : `process ${holder.pid}, which should listen on port ${holder.port}`;
  return outOfReach(`${who}, and it cannot be reached from here`);
}

function mute({ pid, port }: Holder): HustingsError {
  return outOfReach(
    `process ${pid}, which should listen on port ${port}; who listens there says nothing, and ` +
      "nothing shows that it is this process",
  );
}

function outOfReach(holder: string): HustingsError {
  return new HustingsError(
    "bus_down",
    `The message store is held by ${holder}. It may run in a container or another network ` +
      "namespace that shares this home directory: end it, or give one side a home of its own with " +
      "HUSTINGS_HOME. Nothing was lost",
  );
}
