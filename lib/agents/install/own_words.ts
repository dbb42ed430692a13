import { clients } from "../clients.ts";

const program = /(^|[\\/:])hustings([-@.][\w.@+-]*)?$/i;
const source = /(^|[\\/])main\.ts$/;
const runtime = /(^|[\\/])(deno|npx|npm|bunx|pnpm|node)(\.exe|\.cmd)?$/i;

/**
 * True for the words of a command that starts this program: the binary, or a runtime with the program's
 * source or package.
 */
export function startsUs(words: readonly string[]): boolean {
  const [first = "", ...rest] = words;
  if (program.test(first)) return true;
  return runtime.test(first) && rest.some((word) => program.test(word) || source.test(word));
}

/** What a hook's command line is for. */
export interface OwnHook {
  readonly client: string;
  readonly event: string;
}

/**
 * The client and the event of a command line that is one of our hooks and nothing else; undefined for
 * every other one.
 */
export function ownHook(line: unknown): OwnHook | undefined {
  if (typeof line !== "string") return undefined;
  const words = wordsOf(line);
  const [verb, client, event] = words.slice(-3);
  const own = words.slice(0, -3);
  if (verb !== "hook" || client === undefined || event === undefined) return undefined;
  if (!clients.some(({ short }) => short === client)) return undefined;
  const isAlone = program.test(own[0] ?? "") ? own.length === 1 : startsUs(own);
  return isAlone && (own.length === 1 || endsWithUs(own)) ? { client, event } : undefined;
}

function endsWithUs(words: readonly string[]): boolean {
  const last = words.at(-1)!;
  return program.test(last) || source.test(last);
}

/** The words of a command line, without the quotes of sh, PowerShell or cmd. */
function wordsOf(line: string): string[] {
  const found = line.replace(/^\s*&\s*/, "").match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return found.map((word) => word.replaceAll(/['"]/g, ""));
}

/** Who reads the command line of a hook. */
export type Shell = "sh" | "powershell" | "cmd";

/** The command line that starts `words` in `shell`, whatever is in them. */
export function commandLine(words: readonly string[], shell: Shell): string {
  if (shell === "sh") {
    const quoted = (word: string) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
    return words.map(quoted).join(" ");
  }
  if (shell === "cmd") {
    return words.map((word) => /^[\w@+=:,.\\/-]+$/.test(word) ? word : `"${word}"`).join(" ");
  }
  const quoted = words.map((word) =>
    /^[\w+=:.\\/-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`
  );
  return quoted[0]!.startsWith("'") ? `& ${quoted.join(" ")}` : quoted.join(" ");
}
