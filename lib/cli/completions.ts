import { HustingsError } from "../core/errors.ts";
import { bashCompletion } from "./completions/bash_completion.ts";
import { fishCompletion } from "./completions/fish_completion.ts";
import type { Grammar } from "./completions/grammar.ts";
import { grammarOf } from "./completions/grammar.ts";
import { powershellCompletion } from "./completions/powershell_completion.ts";
import { zshCompletion } from "./completions/zsh_completion.ts";
import { exitCodes } from "./exit_codes.ts";
import { expectWords } from "./option_values.ts";
import { writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

const shells: ReadonlyMap<string, (grammar: Grammar) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
  ["powershell", powershellCompletion],
]);

/** The verb that tells shells about all `verbs`, itself among them. */
export function completions(verbs: () => readonly Verb[]): Verb {
  return {
    name: "completions",
    summary: "print what lets a shell complete verbs and options",
    usage: ["completions SHELL"],
    choices: [...shells.keys()],
    about: `Prints a script that the shell reads at its start. Names of agents are not completed: to
know them takes a process on the bus. To switch it on:

  bash        echo 'eval "$(hustings completions bash)"' >> ~/.bashrc
  zsh         echo 'eval "$(hustings completions zsh)"' >> ~/.zshrc
              (after the line with compinit)
  fish        hustings completions fish | source
              (in ~/.config/fish/config.fish)
  powershell  hustings completions powershell | Out-String | Invoke-Expression
              (in the file that $PROFILE names)`,
    options: {},
    run: (call) => print(call, verbs()),
  };
}

async function print(call: Call, verbs: readonly Verb[]) {
  expectWords(call, "completions", 1);
  const [shell = ""] = call.words;
  const script = shells.get(shell);
  if (script === undefined) {
    const known = [...shells.keys()].join(", ");
    throw new HustingsError("bad_request", `There is no completion for '${shell}': use ${known}`);
  }
  await writeOut(script(grammarOf(verbs)));
  return exitCodes.ok;
}
