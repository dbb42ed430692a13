import type { Grammar, GrammarOption, GrammarVerb } from "./grammar.ts";

type Named = Pick<GrammarOption, "name" | "help">;

/** The script for PowerShell, of version 5.1 or newer. */
export function powershellCompletion({ verbs, options }: Grammar): string {
  return `# Completes hustings in PowerShell.
Register-ArgumentCompleter -Native -CommandName hustings -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements |
      Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
      ForEach-Object { $_.ToString() })
  $offers = if ($before.Count -le 1) {
${offers([...verbs, ...options], 4)}
  } else {
    switch ($before[1]) {
${verbs.map(verbCase).join("\n")}
    }
  }
  $offers | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    $name, $help = $_ -split '\\|', 2
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
  }
}
`;
}

function verbCase({ name, choices, options }: GrammarVerb): string {
  const valued = options.filter(({ value }) => value !== undefined);
  const words = choices.map((choice) => ({ name: choice, help: choice }));
  return [
    `      ${quoted(name)} {`,
    ...(valued.length === 0 ? [] : [
      `        if ($before[-1] -in ${valued.map(({ name }) => quoted(name)).join(", ")}) { break }`,
    ]),
    ...(options.length === 0 ? [] : [
      "        if ($wordToComplete -like '-*') {",
      offers(options, 10),
      "        }",
    ]),
    ...(words.length === 0 ? [] : [
      "        if ($before.Count -eq 2) {",
      offers(words, 10),
      "        }",
    ]),
    "      }",
  ].join("\n");
}

/** What is offered with its explanation, a line each. */
function offers(named: readonly Named[], indent: number): string {
  return named.map(({ name, help }) => `${" ".repeat(indent)}${quoted(`${name}|${help}`)}`)
    .join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
