import { isDeepStrictEqual } from "node:util";
import { ConfigFault, valueAt } from "./text_editor.ts";
import type { Path, TextEditor } from "./text_editor.ts";

type Container = Record<string | number, unknown>;

/**
 * A configuration while it is changed, as text and as values beside each other: `finish` shows by
 * reading the text anew that nothing else was changed.
 */
export class Draft {
  /** The objects and lists that were made on the way to what was set. */
  readonly made: Path[] = [];
  readonly #editor: TextEditor;
  readonly #before: string;
  #text: string;
  #values: unknown;

  /** Throws `ConfigFault` for a text that has not the form that it should have. */
  constructor(editor: TextEditor, text: string) {
    this.#editor = editor;
    this.#before = text;
    this.#text = text;
    this.#values = this.#parsed();
    if (typeof this.#values !== "object" || this.#values === null || Array.isArray(this.#values)) {
      throw new ConfigFault("it holds no object");
    }
  }

  /** What is at `path`; undefined where there is nothing. */
  get(path: Path): unknown {
    return valueAt(this.#values, path);
  }

  /** Sets it, with the objects on the way; does nothing where it is so already. */
  set(path: Path, value: unknown): void {
    if (isDeepStrictEqual(this.get(path), value)) return;
    for (let depth = 1; depth < path.length; depth++) {
      const on = path.slice(0, depth);
      const there = this.get(on);
      if (there === undefined) this.made.push(on);
      // A key of YAML with nothing behind it becomes a map.
      if (there === undefined || there === null) {
        this.#put(on, typeof path[depth] === "number" ? [] : {});
      }
    }
    this.#text = this.#editor.set(this.#text, path, value);
    this.#put(path, value);
  }

  /** Takes it out, where it is there. */
  remove(path: Path): void {
    if (this.get(path) === undefined) return;
    this.#text = this.#editor.remove(this.#text, path);
    const container = path.slice(0, -1);
    const holder = this.get(container) as Container;
    if (Array.isArray(holder)) holder.splice(path.at(-1) as number, 1);
    else delete holder[path.at(-1)!];
    // A block of YAML without lines is nothing, not an object.
    const isNothing = valueAt(this.#parsed(), container) === null;
    if (container.length > 0 && isNothing && Object.keys(holder).length === 0) {
      this.#put(container, null);
    }
  }

  /** The changed text. Throws `ConfigFault` where more than was asked for would be changed by it. */
  finish(): string {
    if (this.#text === this.#before) return this.#text;
    if (isDeepStrictEqual(this.#parsed(), this.#values)) return this.#text;
    throw new ConfigFault("it cannot be changed without changing something else in it");
  }

  /** The libraries make objects of their own kinds. */
  #parsed(): unknown {
    return structuredClone(this.#editor.parse(this.#text));
  }

  #put(path: Path, value: unknown): void {
    (this.get(path.slice(0, -1)) as Container)[path.at(-1)!] = structuredClone(value);
  }
}
