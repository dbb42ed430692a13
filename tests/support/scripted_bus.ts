import type {
  Bus,
  CheckOptions,
  Handed,
  HistoryOptions,
  Identity,
  IdentityChange,
  ObserveOptions,
  Outgoing,
  PauseOptions,
  StopOptions,
  WatchOptions,
} from "../../lib/bus/bus.ts";
import type { ObserveResult, PausedView, StoppedView } from "../../lib/core/bus_events.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type {
  HelloResult,
  HistoryResult,
  ImportResult,
  ListResult,
  Message,
  Receipt,
  RenameResult,
  RoomResult,
  StatusResult,
  WatchResult,
} from "../../lib/core/types.ts";

/** Messages that remember what became of them. */
export class ScriptedHanded implements Handed {
  readonly messages: readonly Message[];
  readonly more = 0;
  /** Resolves with the word that was said about them first. */
  readonly fate: Promise<"confirmed" | "released">;
  /** Every word, in order. */
  readonly words: string[] = [];
  #decide!: (fate: "confirmed" | "released") => void;

  constructor(...messages: Message[]) {
    this.messages = messages;
    this.fate = new Promise((resolve) => this.#decide = resolve);
  }

  confirm(): Promise<void> {
    return this.#say("confirmed");
  }

  release(): Promise<void> {
    return this.#say("released");
  }

  #say(word: "confirmed" | "released"): Promise<void> {
    this.words.push(word);
    this.#decide(word);
    return Promise.resolve();
  }
}

/** A bus whose answers a test writes; what it does not write fails. */
export class ScriptedBus implements Bus {
  readonly joined: Identity[] = [];
  readonly sent: Outgoing[] = [];

  join(identity: Identity): Promise<HelloResult> {
    this.joined.push(identity);
    return Promise.resolve({ name: "bob", unread: 0 });
  }

  send(message: Outgoing, _signal?: AbortSignal): Promise<Receipt> {
    this.sent.push(message);
    const recipients = message.to.map((name) => ({ name, presence: "here" as const }));
    return Promise.resolve({ id: this.sent.length, atMs: Date.now(), recipients });
  }

  check(_options: CheckOptions, _signal?: AbortSignal): Promise<Handed> {
    return unscripted("check");
  }

  list(): Promise<ListResult> {
    return unscripted("list");
  }

  present(_change: IdentityChange): Promise<HelloResult> {
    return unscripted("present");
  }

  watch(_options: WatchOptions, _signal?: AbortSignal): Promise<WatchResult> {
    return unscripted("watch");
  }

  room(_room: string, _inside: boolean): Promise<RoomResult> {
    return unscripted("room");
  }

  rename(_name: string): Promise<RenameResult> {
    return unscripted("rename");
  }

  import(): Promise<ImportResult> {
    return unscripted("import");
  }

  adopt(): Promise<ImportResult> {
    return unscripted("adopt");
  }

  history(_options: HistoryOptions): Promise<HistoryResult> {
    return unscripted("history");
  }

  status(): Promise<StatusResult> {
    return unscripted("status");
  }

  observe(_options: ObserveOptions, _signal?: AbortSignal): Promise<ObserveResult> {
    return unscripted("observe");
  }

  pause(_options: PauseOptions): Promise<PausedView> {
    return unscripted("pause");
  }

  stopThread(_options: StopOptions): Promise<StoppedView> {
    return unscripted("stopThread");
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }
}

function unscripted(call: string): Promise<never> {
  return Promise.reject(new HustingsError("internal", `The test has no answer to ${call}`));
}
