import type { Bus, HistoryOptions } from "../../bus/bus.ts";
import type { Clock } from "../../core/clock.ts";
import type { BusView } from "../../core/bus_view/bus_view.ts";
import { toHustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { HistoryResult } from "../../core/types.ts";
import { personIdentity } from "./person_identity.ts";
import type { Effect } from "./press_key.ts";
import type { ScreenState } from "./screen_state.ts";
import { fewNames, firstLine } from "./screen_words.ts";
import { withShortText } from "./short_texts.ts";
import { watchLimits } from "./watch_limits.ts";

/** What the actions of a person work on. */
export interface ActionsOptions {
  readonly bus: Bus;
  readonly view: BusView;
  readonly state: ScreenState;
  /** The name under which this person writes, where one was given. */
  readonly name: string | undefined;
  /** Something has changed that is shown. */
  readonly changed: () => void;
  readonly clock: Clock;
}

/** Pages of the history that are read at once after a gap, or for a search. */
const pagesAtOnce = 10;

/** Carries out on the bus what a person asks for on the screen; says below it what became of that. */
export class ScreenActions {
  readonly #options: ActionsOptions;
  #joining: Promise<void> | undefined;
  /** Conversations whose oldest message is known, or is being asked for; `all` of all together. */
  readonly #complete = new Set<number | "all">();
  /** The lowest id of each that a page was asked for. */
  readonly #askedTo = new Map<number | "all", number>();

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Does it; never rejects. */
  async act(effect: Effect): Promise<void> {
    try {
      await this.#do(effect);
    } catch (thrown) {
      if (effect.kind === "send") this.#options.state.draft = effect.text;
      this.notice(toHustingsError(thrown).message, true);
    }
  }

  /** Says something at the foot of the screen. */
  notice(text: string, isError = false): void {
    const { state, changed, clock } = this.#options;
    state.notice = { text, isError, atMs: clock.wallMs() };
    changed();
  }

  /** Shows the conversation of the message `id`, and only that; rejects where there is none. */
  async open(id: number): Promise<void> {
    const { entries } = await this.#page({ thread: id });
    this.#options.state.thread = entries[0]?.thread ?? id;
  }

  /** Reads the end of the history: at the start, and after a gap back to what is known. */
  async catchUp(): Promise<void> {
    const { conversations } = this.#options.view;
    const known = conversations.ids.at(-1) ?? Infinity;
    this.#complete.clear();
    this.#askedTo.clear();
    let before: number | undefined;
    for (let page = 0; page < pagesAtOnce; page++) {
      const { entries, older } = await this.#page(before === undefined ? {} : { before });
      before = Math.min(...entries.map(({ id }) => id));
      if (!older || known === Infinity || before <= known) return;
    }
  }

  async #do(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case "pause":
        return await this.#pause(effect.name, effect.paused);
      case "stop":
        return await this.#stop(effect.thread, effect.stopped);
      case "send":
        return await this.#send(effect);
      case "older":
        return await this.#older(effect.thread);
      case "find":
        return await this.#find(effect.search);
      case "notice":
        return this.notice(effect.text);
    }
  }

  async #pause(name: string, paused: boolean): Promise<void> {
    await this.#options.bus.pause({ name, paused });
    const whom = name === "*" ? "everyone" : name;
    this.notice(
      paused ? `What is sent to ${whom} stays queued now` : `Deliveries to ${whom} go on`,
    );
  }

  async #stop(thread: number, stopped: boolean): Promise<void> {
    await this.#options.bus.stopThread({ thread, stopped });
    this.notice(
      stopped
        ? `Agents may not answer in #${thread} until you write in it, or resume it with s`
        : `Agents may answer in #${thread} again`,
    );
  }

  async #send({ address, text }: Extract<Effect, { kind: "send" }>): Promise<void> {
    await this.#joined();
    const { to, replyTo } = address;
    const { id, recipients } = await this.#options.bus.send({
      to,
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
    });
    this.notice(`Sent #${id} to ${fewNames(recipients.map(({ name }) => name), 4)}`);
  }

  /** Takes a name on the bus, for the first message; what comes for it is shown and counts as read. */
  #joined(): Promise<void> {
    const { bus, name, state } = this.#options;
    this.#joining ??= bus.join(personIdentity(name)).then((hello) => {
      state.me = hello.name;
      this.#readOn();
    });
    this.#joining.catch(() => this.#joining = undefined);
    return this.#joining;
  }

  /** Shows what comes for this person, for as long as the screen is there. */
  async #readOn(): Promise<void> {
    const { bus, clock } = this.#options;
    for (;;) {
      try {
        const handed = await bus.check({ waitMs: limits.waitMs });
        const last = handed.messages.at(-1);
        if (last !== undefined) this.notice(`${last.from} to you: ${firstLine(last.text, 200)}`);
        await handed.confirm();
      } catch {
        // The screen tells that the bus is gone; what was not confirmed comes again.
        await new Promise<void>((resolve) => clock.after(watchLimits.againMs, resolve));
      }
    }
  }

  async #older(thread: number | undefined): Promise<void> {
    const { conversations } = this.#options.view;
    const key = thread ?? "all";
    if (this.#complete.has(key)) return;
    // Of a conversation that was just chosen the end is asked for: there may be gaps in it.
    const isFirst = thread !== undefined && !this.#askedTo.has(key);
    const first = thread === undefined
      ? conversations.ids[0]
      : conversations.thread(thread)?.messages[0]?.id;
    if (!isFirst && first === undefined) return;
    this.#complete.add(key); // until the answer is here
    const { older } = await this.#page({
      ...(thread === undefined ? {} : { thread }),
      ...(isFirst ? {} : { before: first! }),
    }).catch((error) => {
      this.#complete.delete(key);
      throw error;
    });
    this.#askedTo.set(key, first ?? 0);
    if (older) this.#complete.delete(key);
  }

  async #find(search: string): Promise<void> {
    const { view, state } = this.#options;
    let before = view.conversations.ids[0];
    this.notice(`Searching for '${search}' in the history`);
    for (let page = 0; page < pagesAtOnce * pagesAtOnce; page++) {
      const result = await this.#page({
        search,
        limit: 1,
        ...(before === undefined ? {} : { before }),
      });
      const found = result.entries[0];
      if (found !== undefined) {
        Object.assign(state, { thread: undefined, only: [], filter: "", message: found.id });
        return this.notice(`Found '${search}' in #${found.id}`);
      }
      before = result.searchedTo;
      if (!result.older || before === undefined) break;
    }
    this.notice(`No older message has '${search}'`);
  }

  async #page(options: Partial<HistoryOptions>): Promise<HistoryResult> {
    const { bus, view, changed } = this.#options;
    const result = await bus.history({ limit: limits.historyEntries, ...options, everyone: true });
    view.takeHistory(result.entries.map(withShortText));
    changed();
    return result;
  }
}
