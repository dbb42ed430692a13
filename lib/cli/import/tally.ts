import type { ImportResult } from "../../core/types.ts";

/** How many of a kind were taken, and how many were here already. */
export interface Count {
  readonly new: number;
  readonly known: number;
}

export interface TallyResult {
  readonly messages: Count;
  readonly names: Count;
  readonly forwards: Count;
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

type Kind = "messages" | "names" | "forwards";

/** What an import did, in numbers. */
export class Tally {
  readonly #counts: Record<Kind, { new: number; known: number }> = {
    messages: { new: 0, known: 0 },
    names: { new: 0, known: 0 },
    forwards: { new: 0, known: 0 },
  };
  readonly leftOut: { readonly what: string; readonly why: string }[] = [];

  /** True while there was nothing to take at all. */
  get isEmpty(): boolean {
    const counts = Object.values(this.#counts);
    return this.leftOut.length === 0 && counts.every((count) => count.new + count.known === 0);
  }

  took(kind: Kind, { isNew }: ImportResult): void {
    this.#counts[kind][isNew ? "new" : "known"] += 1;
  }

  leaves(what: string, why: string): void {
    this.leftOut.push({ what, why });
  }

  result(): TallyResult {
    return { ...structuredClone(this.#counts), leftOut: this.leftOut };
  }
}
