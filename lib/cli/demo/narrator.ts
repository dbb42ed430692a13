import { invariant } from "../../core/invariant.ts";
import { plainLine } from "../plain_text.ts";
import { Progress } from "../progress.ts";
import { paint, prose, writeOut } from "../terminal.ts";

/** Thrown when a statement of the demo is not true: it has been printed, with a cross. */
class StatementFailed extends Error {
  override name = "StatementFailed";
}

/** Tells the stories. The only way to print a tick is `check`, and it prints none for what is not so. */
export class Narrator {
  #checked = 0;
  readonly #progress = new Progress();

  /** How many statements were checked, all of them true. */
  get checked(): number {
    return this.#checked;
  }

  async chapter(title: string): Promise<void> {
    await this.#tell(`\n${paint("bold", title)}\n\n`);
  }

  async say(text: string): Promise<void> {
    await this.#tell(`  ${text}\n`);
  }

  /** A message, as it goes over the bus. */
  async speech(from: string, to: string, text: string): Promise<void> {
    const route = `${plainLine(from)} → ${plainLine(to)}`;
    await this.#tell(`  ${paint("dim", route)}  “${plainLine(text)}”\n`);
  }

  /** Prints `statement` with a tick; when `holds` is false with a cross, and throws `StatementFailed`. */
  async check(statement: string, holds: boolean): Promise<void> {
    invariant(statement !== "", "a check states something");
    const mark = holds ? paint("green", "✓") : paint("red", "✗");
    await this.#tell(`  ${mark} ${statement}\n`);
    if (!holds) throw new StatementFailed(statement);
    this.#checked += 1;
  }

  /** Nothing more is waited for. */
  async over(): Promise<void> {
    await this.#progress.end();
  }

  /** What takes long until the next line is seen to go on. */
  async #tell(text: string): Promise<void> {
    await this.#progress.end();
    await writeOut(prose(text, 2));
    this.#progress.begin("It goes on");
  }
}
