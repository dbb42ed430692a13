import type { Grammar, GrammarOption, GrammarVerb } from "./grammar.ts";

/** The script for fish. */
export function fishCompletion({ verbs, options }: Grammar): string {
  const lines = [
    ...verbs.map(({ name, help }) => line("__fish_use_subcommand", `-a ${name}`, help)),
    ...options.map((option) => line("__fish_use_subcommand", optionFlags(option), option.help)),
    ...verbs.flatMap(verbLines),
  ];
  return `# Completes hustings in fish.\ncomplete -c hustings -f\n${lines.join("\n")}\n`;
}

function verbLines({ name, choices, options }: GrammarVerb): string[] {
  const seen = `__fish_seen_subcommand_from ${name}`;
  // Only for the first word after the verb.
  const isFirst = "test (count (commandline -opc)) -eq 2";
  return [
    ...options.map((option) => line(seen, optionFlags(option), option.help)),
    ...choices.map((choice) => line(`${seen}; and ${isFirst}`, `-a ${choice}`, "")),
  ];
}

function optionFlags({ name, value }: GrammarOption): string {
  return `-l ${name.slice("--".length)}${value === undefined ? "" : " -x"}`;
}

function line(condition: string, what: string, help: string): string {
  const description = help === "" ? "" : ` -d ${quoted(help)}`;
  return `complete -c hustings -n ${quoted(condition)} ${what}${description}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
