import type { PausedView, StoppedView } from "../../core/bus_events.ts";
import type { Clock } from "../../core/clock.ts";
import { decodeOperation } from "../../core/decode_operation.ts";
import type { PauseOperation, StopOperation } from "../../core/view_operations.ts";
import { pause, pausedView, stopThread } from "../../member/hub/hold_up.ts";
import type { PauseOptions, StopOptions } from "../bus.ts";
import type { Link } from "./link.ts";
import type { MessageShelf, ShelvedMessage } from "./message_shelf.ts";
import { messagesWith } from "./messages_with.ts";
import { Past, storedMessage } from "./past.ts";
import type { Rulebook } from "./rules.ts";

/** What a person may hold up, by the rules of the embedded bus. */
export class HoldingUp {
  readonly #rulebook: Rulebook;
  readonly #shelf: MessageShelf;
  readonly #past: Past;
  readonly #clock: Clock;

  constructor(link: Link, shelf: MessageShelf, rulebook: Rulebook) {
    this.#rulebook = rulebook;
    this.#shelf = shelf;
    this.#past = new Past(link, shelf);
    this.#clock = link.clock;
  }

  /** As `Bus.pause`. */
  async pause(options: PauseOptions): Promise<PausedView> {
    const operation = decodeOperation({ op: "pause", ...options }) as PauseOperation;
    return await this.#rulebook.transact((rules) => {
      const transaction = { ...rules, messages: messagesWith({}) };
      pause(transaction, operation, this.#clock.wallMs());
      return pausedView(transaction);
    });
  }

  /** As `Bus.stopThread`. */
  async stopThread(options: StopOptions): Promise<StoppedView> {
    const operation = decodeOperation({ op: "stop", ...options }) as StopOperation;
    const some = await this.#anyOf(operation.thread);
    const found = some === undefined ? [] : [storedMessage(some, undefined)];
    const messages = messagesWith({ byId: () => found[0], everyones: () => found });
    return await this.#rulebook.transact((rules) =>
      stopThread({ ...rules, messages }, operation, this.#clock.wallMs())
    );
  }

  /** A message of the conversation; its first one may be forgotten before the others. */
  async #anyOf(thread: number): Promise<ShelvedMessage | undefined> {
    const first = await this.#shelf.get(thread);
    if (first !== undefined) return first;
    const all = { before: Number.MAX_SAFE_INTEGER, partner: undefined, reader: undefined };
    const enough = { messages: 1, bytes: Infinity };
    return (await this.#past.find({ ...all, thread, enough }))[0]?.message;
  }
}
