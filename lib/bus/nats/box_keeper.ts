import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import type { Directory } from "./directory.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { BoxRecord } from "./records.ts";

/** A box, and the name under which something was put into it. */
export interface NamedBox {
  readonly id: number;
  readonly name: string;
}

/**
 * Sees to it that a box in which something was put has a name that leads to it. Who removes an old box says
 * so first (`closingMs`), looks whether something lies in it, and only then takes it away; who puts something
 * in looks afterwards whether it is being removed. Whoever is second sees what the first one wrote.
 */
export class BoxKeeper {
  readonly #directory: Directory;
  readonly #boxes: KeyedRecords<BoxRecord>;
  readonly #clock: Clock;

  constructor(link: Link, directory: Directory) {
    this.#directory = directory;
    this.#boxes = new KeyedRecords(link, link.names.directory);
    this.#clock = link.clock;
  }

  /** Resolves once each of the boxes stays, or another one of its name reads what lies in it. */
  async keep(boxes: readonly NamedBox[]): Promise<void> {
    await inWindows(boxes.filter(({ id }) => this.#isOld(id)), (box) => this.#keep(box));
  }

  /** Nothing of an agent that was there within the last days is removed. */
  #isOld(id: number): boolean {
    const known = this.#directory.box(id);
    if (known === undefined || known.closingMs !== undefined) return true;
    const afterMs = this.#clock.wallMs() - limits.keepMs / 2;
    return known.instance === undefined && known.sinceMs <= afterMs;
  }

  async #keep({ id, name }: NamedBox): Promise<void> {
    const living = this.#directory.living(id);
    const found = await this.#boxes.get(`box.${living}`);
    if (found === undefined) return await this.#adopt({ id, name });
    if (found.record.closingMs === undefined) return;
    await this.#directory.refresh();
    await this.#directory.change<BoxRecord>(`box.${living}`, (now) => {
      if (now?.closingMs === undefined) return now;
      const { closingMs: _, ...kept } = now;
      return kept;
    });
    if (this.#directory.box(living) === undefined) await this.#adopt({ id, name });
  }

  /** It is gone already: who has the name, or will have it, reads there too. */
  async #adopt({ id, name }: NamedBox): Promise<void> {
    await this.#directory.refresh();
    if (this.#directory.box(id) !== undefined) return;
    const atMs = this.#clock.wallMs();
    const heir = await this.#directory.transact(({ mailboxes }) =>
      (mailboxes.byName(name) ?? mailboxes.forwarded(name, atMs) ?? mailboxes.create(name, atMs)).id
    );
    await this.#directory.change<BoxRecord>(
      `box.${heir}`,
      (now) =>
        now === undefined || now.also?.includes(id)
          ? now
          : { ...now, also: [...now.also ?? [], id] },
    );
  }
}
