import type { BusEvent } from "../../core/bus_events.ts";
import { nameKey } from "../../core/names.ts";
import type { HistoryEntry } from "../../core/types.ts";
import type { LineKind } from "./line_kinds.ts";
import { isWith } from "./screen_lists.ts";
import { watchLimits } from "./watch_limits.ts";

/** What passes; what is absent lets all pass. */
export interface LineWishes {
  /** Only what one of these members wrote, got or did. */
  readonly names?: readonly string[];
  /** Only one conversation. */
  readonly thread?: number;
  readonly kinds?: readonly LineKind[];
}

const kindOf: Readonly<Record<BusEvent["kind"], LineKind>> = {
  message: "messages",
  delivery: "states",
  stopped: "states",
  member: "members",
  renamed: "members",
  paused: "members",
};

/** Lets through what somebody wants to see. Remembers which of the last messages passed, for their states. */
export class LineFilter {
  readonly #wishes: LineWishes;
  #thread: number | undefined;
  /** Whether each of the last messages passed. */
  readonly #passed = new Map<number, boolean>();

  constructor(wishes: LineWishes) {
    this.#wishes = wishes;
    this.#thread = wishes.thread;
  }

  /** Learns from a message of the conversation that is wanted which one that is: any of its ids may name it. */
  meant({ thread }: HistoryEntry): void {
    if (this.#thread !== undefined) this.#thread = thread;
  }

  /** Whether things of this kind are wanted at all. */
  wants(kind: LineKind): boolean {
    return this.#wishes.kinds?.includes(kind) ?? true;
  }

  passes(event: BusEvent): boolean {
    const passes = this.#concerns(event);
    return passes && this.wants(kindOf[event.kind]);
  }

  #concerns(event: BusEvent): boolean {
    const { names } = this.#wishes;
    const thread = this.#thread;
    switch (event.kind) {
      case "message":
        return this.#note(event.message);
      case "delivery":
        return this.#passed.get(event.id) ?? (thread === undefined && this.#isNamed(event.name));
      case "stopped":
        return names === undefined;
      case "member":
        return thread === undefined && this.#isNamed(event.member.name);
      case "renamed":
        return thread === undefined && (this.#isNamed(event.name) || this.#isNamed(event.former));
      case "paused":
        return thread === undefined;
    }
  }

  #note(message: HistoryEntry): boolean {
    const { names } = this.#wishes;
    const thread = this.#thread;
    const passes = (thread === undefined || message.thread === thread) &&
      (names === undefined || names.some((name) => isWith(message, name)));
    if (this.#passed.size >= watchLimits.rememberedMessages) {
      this.#passed.delete(this.#passed.keys().next().value!);
    }
    this.#passed.set(message.id, passes);
    return passes;
  }

  #isNamed(name: string): boolean {
    const { names } = this.#wishes;
    return names === undefined || names.some((each) => nameKey(each) === nameKey(name));
  }
}
