import { deepEqual, equal, match, ok } from "node:assert/strict";
import { bashCompletion } from "../lib/cli/completions/bash_completion.ts";
import { fishCompletion } from "../lib/cli/completions/fish_completion.ts";
import type { Grammar } from "../lib/cli/completions/grammar.ts";
import { grammarOf } from "../lib/cli/completions/grammar.ts";
import { powershellCompletion } from "../lib/cli/completions/powershell_completion.ts";
import { zshCompletion } from "../lib/cli/completions/zsh_completion.ts";
import { verbs } from "../lib/cli/verbs.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { titled } from "./support/pseudo_terminal.ts";
import { TemporaryDirectory } from "./support/temporary_directory.ts";

const grammar = grammarOf(verbs);

/** Why a shell's test does not run here; undefined where the shell is there. */
async function missing(shell: string): Promise<string | undefined> {
  try {
    await new Deno.Command(shell, { args: ["-c", "true"] }).output();
    return undefined;
  } catch {
    return `there is no ${shell}`;
  }
}

async function ran(shell: string, args: string[], env: Record<string, string> = {}) {
  const { stdout, stderr } = await new Deno.Command(shell, { args, env, stdin: "null" }).output();
  const decoder = new TextDecoder();
  equal(decoder.decode(stderr), "");
  return decoder.decode(stdout);
}

/** What each shell has to offer, in any order. The last word is the one that is being typed. */
const cases: readonly [string, readonly string[], readonly string[]][] = [
  ["a verb begins", ["che"], ["check"]],
  ["verbs are asked for", ["--v"], ["--version"]],
  ["options of a verb are asked for", ["list", "--"], ["--all", "--as", "--json", "--help"]],
  ["a verb that pauses is asked for", ["pau"], ["pause"]],
  [
    "options of it are asked for",
    ["resume", "--"],
    ["--all", "--conversation", "--as", "--json", "--help"],
  ],
  ["an option begins", ["send", "ann", "--re"], ["--reply-to"]],
  ["the value of an option is due", ["check", "--wait", "--j"], []],
  ["an option of watch begins", ["watch", "--name", "ann", "--co"], ["--conversation"]],
  ["a shell begins", ["completions", "pow"], ["powershell"]],
  ["a second word follows the only one", ["completions", "bash", "pow"], []],
  ["a verb follows help", ["help", "his"], ["history"]],
  ["a name is due", ["send", "an"], []],
];

const noBash = await missing("bash");
for (const [when, words, wanted] of cases) {
  Deno.test({
    name: titled(`bash offers what can follow when ${when}`, noBash),
    ignore: noBash !== undefined,
    fn: async () => {
      const typed = ["hustings", ...words].map((word) => `'${word}'`).join(" ");
      const script = `set -u; eval "$SCRIPT"; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}
        _hustings; printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"; complete -p hustings`;
      const said = await ran("bash", ["-c", script], { SCRIPT: bashCompletion(grammar) });
      const [registered, ...offers] = said.trim().split("\n").reverse();
      equal(registered, "complete -F _hustings hustings");
      deepEqual(offers.filter(Boolean).toSorted(), wanted.toSorted());
    },
  });
}

/** Fish takes an option even where the value of another one is due. */
const fishCases = cases.filter(([when]) => when !== "the value of an option is due");

const noFish = await missing("fish");
Deno.test({
  name: titled("fish offers what can follow in each case", noFish),
  ignore: noFish !== undefined,
  fn: async () => {
    using place = new TemporaryDirectory();
    const lines = fishCases.map(([, words]) =>
      `complete -C 'hustings ${words.join(" ")}'; echo ==`
    );
    const said = await ran("fish", ["-N", "-c", `echo $SCRIPT | source; ${lines.join("; ")}`], {
      SCRIPT: fishCompletion(grammar),
      HOME: place.path,
      XDG_CONFIG_HOME: place.path,
    });
    const offers = said.split("==\n").slice(0, -1)
      .map((part) => part.split("\n").filter(Boolean).map((line) => line.split("\t")[0]!));
    deepEqual(
      offers.map((each) => each.toSorted()),
      fishCases.map(([, , wanted]) => wanted.toSorted()),
    );
  },
});

const noZsh = await missing("zsh");
Deno.test({
  name: titled("zsh completes what is typed in a real prompt", noZsh),
  ignore: noZsh !== undefined,
  fn: async () => {
    using place = new TemporaryDirectory();
    await Deno.writeTextFile(place.at("_hustings"), zshCompletion(grammar));
    // Each line is typed, completed with the tabulator and run; the command tells how it was called.
    const script = `zmodload zsh/zpty
      zpty shell zsh -f -i
      say() { zpty -w shell $1; zpty -r shell answer "*$2*" }
      say "PS1= RPS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -D -u; \\
source ${place.at("_hustings")}; hustings() { print -r -- 'ran '\\"<\\$*>\\" }; echo rea''dy" ready
      for typed in 'che' 'list --js' 'send --re' 'completions pow' 'help his'; do
        say "hustings $typed"$'\\t' '<*>'
        print -r -- \${\${answer##*ran }%%>*}
      done
      zpty -d shell`;
    const said = await ran("zsh", ["-f", "-c", script], { HOME: place.path, TERM: "dumb" });
    deepEqual(
      said.trim().split("\n").map((line) => line.trim()),
      ["<check", "<list --json", "<send --reply-to", "<completions powershell", "<help history"],
    );
  },
});

/** A few verbs that show every part of the script. */
const few: Grammar = {
  verbs: [
    {
      name: "say",
      help: "don't stay silent",
      choices: [],
      options: [{ name: "--as", help: "act under this name", value: "NAME" }],
    },
    { name: "help", help: "tell more", choices: ["say"], options: [] },
  ],
  options: [{ name: "--version", help: "tell the version" }],
};

Deno.test("PowerShell gets a completer with every verb, option and word", () => {
  equal(
    powershellCompletion(few),
    String.raw`# Completes hustings in PowerShell.
Register-ArgumentCompleter -Native -CommandName hustings -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements |
      Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
      ForEach-Object { $_.ToString() })
  $offers = if ($before.Count -le 1) {
    'say|don''t stay silent'
    'help|tell more'
    '--version|tell the version'
  } else {
    switch ($before[1]) {
      'say' {
        if ($before[-1] -in '--as') { break }
        if ($wordToComplete -like '-*') {
          '--as|act under this name'
        }
      }
      'help' {
        if ($before.Count -eq 2) {
          'say|say'
        }
      }
    }
  }
  $offers | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    $name, $help = $_ -split '\|', 2
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
  }
}
`,
  );
});

Deno.test("completions prints a script for each shell it names, and refuses others", async () => {
  await using bus = await HustingsProcess.create();
  const shells = grammar.verbs.find(({ name }) => name === "completions")!.choices;
  ok(shells.length === 4);
  const runs = await Promise.all(shells.map((shell) => bus.run(["completions", shell])));
  for (const [index, { code, stdout }] of runs.entries()) {
    equal(code, 0);
    for (const { name } of verbs) match(stdout, new RegExp(`\\b${name}\\b`), shells[index]);
  }
  const { code, stderr } = await bus.run(["completions", "tcsh"]);
  deepEqual([code, stderr], [
    2,
    "hustings: There is no completion for 'tcsh': use bash, zsh, fish, powershell\n",
  ]);
  // No process of the bus was started: there is no home.
  const made = await Array.fromAsync(Deno.readDir(bus.root), ({ name }) => name);
  deepEqual(made, ["shop"]);
});
