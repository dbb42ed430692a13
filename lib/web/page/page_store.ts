import { BusView } from "../../core/bus_view/bus_view.ts";
import type { HistoryEntry } from "../../core/types.ts";
import type { Examination, PersonView, Trouble } from "../protocol.ts";

/** What a narrow page shows of its panes. */
export type Tab = "agents" | "threads" | "bus";

/**
 * How the page and its dashboard are connected: `refused` is for want of the key, and does not mend
 * itself.
 */
export type Link = "connecting" | "live" | "lost" | "refused";

export interface Search {
  readonly words: string;
  readonly found: readonly HistoryEntry[];
  readonly isLooking: boolean;
  /** Where to look further back; absent at the end of the history. */
  readonly before?: number;
  readonly trouble?: string;
}

/** To whom a new message goes, in the words of the person; undefined while none is written. */
export interface Draft {
  readonly to: string;
}

export interface Ui {
  readonly tab: Tab;
  readonly link: Link;
  readonly nowMs: number;
  readonly person: PersonView;
  /** The page has read all from this message on, and there are older ones; absent where there are none. */
  readonly olderBefore?: number;
  readonly isLoading: boolean;
  readonly isHelpOpen: boolean;
  readonly hasShortcuts: boolean;
  /** The conversation that is open. */
  readonly thread?: number;
  /** What the bus cannot do at present. */
  readonly trouble?: Trouble;
  readonly examination?: Examination;
  readonly search?: Search;
  readonly draft?: Draft;
  /** What came of the last thing that was asked, for a while. */
  readonly notice?: string;
}

const shortcutsPlace = "hustings-shortcuts";

/** All that the page knows. Who shows it is told of changes at most once a frame. */
export class PageStore {
  readonly view = new BusView();
  readonly key: string | undefined;
  #ui: Ui;
  readonly #listeners = new Set<() => void>();
  #isTelling = false;

  constructor(key: string | undefined) {
    this.key = key;
    this.#ui = {
      tab: "threads",
      link: key === undefined ? "refused" : "connecting",
      nowMs: Date.now(),
      person: { unshown: [] },
      isLoading: true,
      isHelpOpen: false,
      hasShortcuts: localStorage.getItem(shortcutsPlace) !== "off",
    };
  }

  get ui(): Ui {
    return this.#ui;
  }

  /** Changes what the page shows; `undefined` takes a field away. */
  change(patch: { readonly [K in keyof Ui]?: Ui[K] | undefined }): void {
    const next = { ...this.#ui, ...patch };
    for (const name of Object.keys(patch) as (keyof Ui)[]) {
      if (patch[name] === undefined) delete next[name];
    }
    this.#ui = next as Ui;
    this.touched();
  }

  allowShortcuts(hasShortcuts: boolean): void {
    localStorage.setItem(shortcutsPlace, hasShortcuts ? "on" : "off");
    this.change({ hasShortcuts });
  }

  /** The view has changed. */
  touched(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const tell = () => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    };
    // A page in the background has no frames, and still has to know what it shows.
    if (document.visibilityState === "visible") requestAnimationFrame(tell);
    else setTimeout(tell, 0);
  }

  /** Calls `listener` after changes; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
