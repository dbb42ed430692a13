import type { ElectionEvent, Holder } from "../core/election.ts";
import type { Request } from "../core/wire.ts";
import type { Reply } from "../core/wire.ts";

/** A port that this process has bound, before it serves there. */
export interface BoundPort {
  close(): void;
}

/** A proven connection to a broker, before it is used. */
export interface Line {
  follow(events: UplinkEvents): Uplink;
  close(): void;
}

/** The way from a member to its broker, near or far. */
export interface Uplink {
  send(request: Request): void;
  close(): void;
}

export interface UplinkEvents {
  onReply(reply: Reply): void;
  /**
   * The broker is gone or says that it goes, or it was silent for `limits.silentMs`; called once,
   * and not after `close`.
   */
  onLost(silent: boolean): void;
}

/** How a look at a port ended, with what it opened. */
export interface Sight {
  readonly event: ElectionEvent;
  readonly bound?: BoundPort;
  readonly line?: Line;
}

/** How a claim ended, with the store in hand where it succeeded. */
export interface Claim<Hold> {
  readonly event: ElectionEvent;
  readonly hold?: Hold;
}

/** A broker in this process. */
export interface Leadership {
  /** The way of the broker's own agent. */
  openLocal(events: UplinkEvents): Uplink;
  /**
   * Stops: what was asked before is on disk or not acknowledged; the store is free when this
   * returns. The promise resolves when the port is, too, and the followers were told.
   */
  close(options: { readonly fenced: boolean }): Promise<void>;
}

/** Everything outside a member that it acts on: sockets, store and files, or a simulation of them. */
export interface World<Hold = unknown> {
  /** The port where a broker was last published. */
  hint(): number | undefined;
  /**
   * Binds the port where `bind` asks for it and nobody has it, else shakes hands there, for at most
   * `patienceMs`.
   */
  look(port: number, bind: boolean, patienceMs: number): Promise<Sight>;
  /**
   * Shakes hands with the holder of the store, for `limits.silentMs`, and for
   * `limits.silentRunningMs` where it is seen to run. A `silent` says whether it is proven that it was
   * the holder that said nothing.
   */
  ask(holder: Holder): Promise<Sight>;
  /** Whether a look or an `ask` waits for a broker that is seen to run and says nothing yet. */
  isBrokerSlow(): boolean;
  /**
   * Claims the store for a process that has bound `port`. An heir followed the last broker until this
   * moment: it need not look for what may have happened to the files while nobody used them.
   */
  claim(port: number, options: { readonly heir: boolean }): Claim<Hold>;
  /** Claims it over a silent holder, if `judgedEpoch` is still the store's. */
  depose(port: number, judgedEpoch: number): Claim<Hold>;
  /**
   * Serves on `bound` with the store in `hold`, which both belong to the leadership then. `onHandover` is
   * called when another process asks to be the broker; where it is missing, that is refused.
   */
  lead(
    bound: BoundPort,
    hold: Hold,
    epoch: number,
    onFenced: () => void,
    onHandover?: () => void,
  ): Leadership;
}
