import { invariant } from "../../core/invariant.ts";
import { plainLine } from "../plain_text.ts";
import { paint, writeOut } from "../terminal.ts";

/** Thrown when a statement of the demo is not true: it has been printed, with a cross. */
class StatementFailed extends Error {
  override name = "StatementFailed";
}

/** Tells the stories. The only way to print a tick is `check`, and it prints none for what is not so. */
export class Narrator {
  #checked = 0;

  /** How many statements were checked, all of them true. */
  get checked(): number {
    return this.#checked;
  }

  async chapter(title: string): Promise<void> {
    await writeOut(`\n${paint("bold", title)}\n\n`);
  }

  async say(text: string): Promise<void> {
    await writeOut(`  ${text}\n`);
  }

  /** A message, as it goes over the bus. */
  async speech(from: string, to: string, text: string): Promise<void> {
    const route = `${plainLine(from)} → ${plainLine(to)}`;
    await writeOut(`  ${paint("dim", route)}  “${plainLine(text)}”\n`);
  }

  /** Prints `statement` with a tick; when `holds` is false with a cross, and throws `StatementFailed`. */
  async check(statement: string, holds: boolean): Promise<void> {
    invariant(statement !== "", "a check states something");
    const mark = holds ? paint("green", "✓") : paint("red", "✗");
    await writeOut(`  ${mark} ${statement}\n`);
    if (!holds) throw new StatementFailed(statement);
    this.#checked += 1;
  }
}
