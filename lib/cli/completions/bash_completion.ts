import type { Grammar, GrammarOption, GrammarVerb } from "./grammar.ts";

/** The script for bash, of version 3.2 (macOS) or newer. */
export function bashCompletion({ verbs, options }: Grammar): string {
  const first = [...verbs, ...options];
  return `# Completes hustings in bash.
_hustings() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted(first)}
  else
    case "\${COMP_WORDS[1]}" in
${verbs.map(verbCase).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _hustings hustings
`;
}

function verbCase({ name, choices, options }: GrammarVerb): string {
  const valued = options.filter(({ value }) => value !== undefined).map((option) => option.name);
  return [
    `      ${name})`,
    ...(valued.length === 0 ? [] : [
      `        case "$previous" in ${valued.join("|")}) return ;; esac`,
    ]),
    `        case "$cur" in -*) words=${quoted(options)} ;; *)`,
    `          [ "$COMP_CWORD" -eq 2 ] && words='${choices.join(" ")}' ;;`,
    "        esac ;;",
  ].join("\n");
}

function quoted(named: readonly Pick<GrammarOption, "name">[]): string {
  return `'${named.map(({ name }) => name).join(" ")}'`;
}
