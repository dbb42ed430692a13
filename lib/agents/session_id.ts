/** The client's own id of a conversation: longer ones are none. */
const lengthMax = 256;

/** The id that the client `short` tells the servers it starts, by their environment. */
export function sessionOfProcess(
  short: string,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string | undefined {
  // Only Claude does: an agent that Claude's shell started inherits the variable.
  return short === "claude" ? idOf(env("CLAUDE_CODE_SESSION_ID")) : undefined;
}

/** The id that the client `short` tells with a call of a tool, in its `_meta`. */
export function sessionOfCall(short: string, meta: unknown): string | undefined {
  if (short !== "codex") return undefined;
  const turn = field(meta, "x-codex-turn-metadata");
  return idOf(field(turn, "thread_id")) ?? idOf(field(turn, "session_id"));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function idOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= lengthMax ? value : undefined;
}
