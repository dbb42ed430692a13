import type { Grammar, GrammarOption, GrammarVerb } from "./grammar.ts";

/** The script for zsh: to be evaluated after `compinit`, or to lie in `fpath` as `_hustings`. */
export function zshCompletion({ verbs, options }: Grammar): string {
  const first = [...verbs, ...options].map(({ name, help }) =>
    `    ${quoted(`${name}:${escaped(help, ":")}`)}`
  );
  return `#compdef hustings
# Completes hustings in zsh.
_hustings() {
  local -a first
  first=(
${first.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' first
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${verbs.map(verbCase).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_hustings" ]; then
  _hustings "$@"
else
  compdef _hustings hustings
fi
`;
}

function verbCase({ name, choices, options }: GrammarVerb): string {
  const word = choices.length === 0 ? [] : [quoted(`1: :(${choices.join(" ")})`)];
  const specs = [...options.map(optionSpec), ...word];
  return `    ${name})\n      _arguments ${specs.join(" \\\n        ")}\n      ;;`;
}

function optionSpec({ name, help, value }: GrammarOption): string {
  const after = value === undefined ? "" : `:${value}: `;
  return quoted(`${name}[${escaped(help, ":[]")}]${after}`);
}

/** With a backslash before the characters that end a part of a specification. */
function escaped(text: string, special: string): string {
  return [...text].map((character) => special.includes(character) ? `\\${character}` : character)
    .join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
