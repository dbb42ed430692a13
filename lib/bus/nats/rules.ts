import type { Transaction } from "../../store/store.ts";
import type { NamedBox } from "./box_keeper.ts";

/** What the rules of the embedded bus work on, without messages. */
export type Rules = Omit<Transaction, "messages">;

/** Carries rules out on the directory of a realm. */
export interface Rulebook {
  /** Brings in what others have changed by now. */
  refresh(): Promise<void>;
  /** Runs a rule that changes nothing, on the directory as it is known here. */
  look<T>(rule: (rules: Rules) => T): Promise<T>;
  /**
   * Runs a rule, again where others were faster, and resolves once what it changed is on the server.
   * Rejects with what the rule throws; then nothing was changed.
   */
  transact<T>(rule: (rules: Rules) => T): Promise<T>;
  /** All boxes of the name behind `box`: that one first, then those that it took over. */
  boxesOf(box: number): readonly number[];
  /** Sees to it that these boxes, in which something was put, are not taken away: somebody may be about to. */
  keep(boxes: readonly NamedBox[]): Promise<void>;
}
