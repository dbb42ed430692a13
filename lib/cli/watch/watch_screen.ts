import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../core/clock.ts";
import { BusView } from "../../core/bus_view/bus_view.ts";
import { toHustingsError } from "../../core/errors.ts";
import { exitCodes } from "../exit_codes.ts";
import type { ExitCode } from "../exit_codes.ts";
import { changedCells } from "./changed_cells.ts";
import { drawScreen } from "./draw_screen.ts";
import { followBus } from "./follow_bus.ts";
import type { BusNews } from "./follow_bus.ts";
import type { Grid } from "./grid.ts";
import { KeyDecoder } from "./key_decoder.ts";
import type { Key } from "./key_decoder.ts";
import { pressKey } from "./press_key.ts";
import { ScreenActions } from "./screen_actions.ts";
import { ScreenLists } from "./screen_lists.ts";
import { newScreenState } from "./screen_state.ts";
import { withShortTexts } from "./short_texts.ts";
import { watchLimits } from "./watch_limits.ts";

/** The terminal as a screen needs it; tests have their own. */
export interface Screen {
  size(): { width: number; height: number };
  enter(): void;
  leave(): void;
  settled(): Promise<void>;
  write(text: string): Promise<void>;
  input(): AsyncIterable<Uint8Array>;
}

export interface ScreenOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly hasColours: boolean;
  /** Under which name a person writes here; one is made where none was given. */
  readonly name?: string;
  /** Show only what these members wrote or got, and only the conversation of this message. */
  readonly only?: readonly string[];
  readonly thread?: number;
}

/**
 * Shows a bus on the whole screen until somebody quits. Draws what has changed, at most once in
 * `watchLimits.frameMs`, and only when the terminal has taken the last picture.
 */
export class WatchScreen {
  readonly #options: ScreenOptions;
  readonly #screen: Screen;
  readonly #view = new BusView();
  readonly #lists = new ScreenLists(this.#view);
  readonly #state = newScreenState();
  readonly #actions: ScreenActions;
  readonly #ended = Promise.withResolvers<ExitCode>();
  readonly #ending = new AbortController();
  #shown: Grid | undefined;
  #shownAtMs = -Infinity;
  #isDrawing = false;
  #isLate = false;
  #due: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #snapshots = 0;

  constructor(screen: Screen, options: ScreenOptions) {
    this.#screen = screen;
    this.#options = options;
    this.#state.only = options.only ?? [];
    this.#actions = new ScreenActions({
      bus: options.bus,
      view: this.#view,
      state: this.#state,
      name: options.name,
      changed: () => this.#drawWithin(watchLimits.frameMs),
      clock: options.clock,
    });
  }

  /** Resolves with the exit code once somebody quits; rejects with what no waiting mends. */
  async run(): Promise<ExitCode> {
    const { bus, clock } = this.#options;
    const { signal } = this.#ending;
    this.#screen.enter();
    try {
      this.#drawWithin(0);
      this.#drawAges();
      this.#readKeys().catch(this.#ended.reject);
      followBus(bus, (news) => this.#take(news), { clock, signal }).catch(this.#ended.reject);
      return await this.#ended.promise;
    } finally {
      this.#ending.abort();
      this.#due?.cancel();
      await this.#screen.settled();
      this.#screen.leave();
    }
  }

  /** The terminal may show anything now: draws all of it. */
  redraw(): void {
    this.#shown = undefined;
    this.#drawWithin(0);
  }

  #take(news: BusNews): void {
    if (news.kind === "silent") this.#state.silence = news.message;
    else {
      this.#state.silence = undefined;
      const { result } = news;
      this.#view.take({ ...result, events: withShortTexts(result.events) });
      if (this.#view.snapshots !== this.#snapshots) this.#catchUp();
    }
    this.#drawWithin(watchLimits.trafficMs);
  }

  #catchUp(): void {
    const isFirst = this.#snapshots === 0;
    this.#snapshots = this.#view.snapshots;
    const { thread } = this.#options;
    const note = (thrown: unknown) => this.#actions.notice(toHustingsError(thrown).message, true);
    this.#actions.catchUp().catch(note);
    if (isFirst && thread !== undefined) this.#actions.open(thread).catch(note);
  }

  async #readKeys(): Promise<void> {
    const decoder = new KeyDecoder();
    let cancel = () => {};
    for await (const bytes of this.#screen.input()) {
      cancel();
      this.#press(decoder.feed(bytes));
      if (!decoder.isWaiting) continue;
      cancel = this.#options.clock.after(watchLimits.escapeMs, () => this.#press(decoder.flush()));
    }
    this.#ended.resolve(exitCodes.interrupted); // the terminal is gone
  }

  #press(keys: readonly Key[]): void {
    for (const key of keys) {
      this.#state.notice = undefined;
      for (const effect of pressKey(this.#state, this.#lists, key)) {
        if (effect.kind === "quit") return this.#ended.resolve(exitCodes.ok);
        if (effect.kind === "interrupt") return this.#ended.resolve(exitCodes.interrupted);
        if (effect.kind === "redraw") this.redraw();
        else this.#actions.act(effect);
      }
    }
    this.#drawWithin(watchLimits.frameMs);
  }

  /** Draws once `pauseMs` are over since the last picture; one that is due sooner stays so. */
  #drawWithin(pauseMs: number): void {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#shownAtMs + pauseMs);
    if (this.#ending.signal.aborted || (this.#due !== undefined && this.#due.atMs <= atMs)) return;
    this.#due?.cancel();
    const cancel = clock.after(atMs - nowMs, () => {
      this.#due = undefined;
      this.#draw().catch(() => this.#ended.resolve(exitCodes.interrupted)); // the terminal is gone
    });
    this.#due = { atMs, cancel };
  }

  async #draw(): Promise<void> {
    // A terminal that takes its time gets the next picture when it has taken this one.
    if (this.#isDrawing) return void (this.#isLate = true);
    this.#isDrawing = true;
    try {
      const { clock, hasColours } = this.#options;
      this.#shownAtMs = clock.monotonicMs();
      const moment = { ...this.#screen.size(), nowMs: clock.wallMs() };
      const next = drawScreen(this.#state, this.#lists, moment);
      const text = changedCells(this.#shown, next, hasColours);
      this.#shown = next;
      await this.#screen.write(text);
    } finally {
      this.#isDrawing = false;
      if (this.#isLate) this.#drawWithin(watchLimits.frameMs);
      this.#isLate = false;
    }
  }

  /** Times that have passed, and a notice that is old. */
  #drawAges(): void {
    this.#options.clock.after(watchLimits.agesMs, () => {
      if (this.#ending.signal.aborted) return;
      this.#drawWithin(watchLimits.trafficMs);
      this.#drawAges();
    });
  }
}
