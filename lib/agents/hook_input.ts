/** What of a hook's input matters here, whichever client wrote it. */
export interface HookInput {
  /** The client's own id of the conversation. */
  readonly session?: string;
  /** Where the session works. */
  readonly directory?: string;
  /** The turn goes on already because a hook did not let it end. */
  readonly prolonged: boolean;
  /** It runs in an agent that the session's agent started: what it is shown, the session does not see. */
  readonly inside: boolean;
}

/**
 * Reads what a client wrote to its hook's stdin. Whatever is not there, or is no JSON, is left out: a
 * hook has the environment, too.
 */
export function readHookInput(text: string): HookInput {
  const said = objectOf(text);
  const first = (...names: string[]) =>
    names.map((name) => said[name]).find((value) => typeof value === "string" && value !== "") as
      | string
      | undefined;
  // Claude, Codex and Gemini; VS Code; Cursor.
  const session = first("session_id", "sessionId", "conversation_id");
  const directory = first("cwd") ?? firstOf(said["workspace_roots"]);
  return {
    ...(session === undefined ? {} : { session }),
    ...(directory === undefined ? {} : { directory }),
    prolonged: said["stop_hook_active"] === true,
    inside: first("agent_id") !== undefined,
  };
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function firstOf(value: unknown): string | undefined {
  const item: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof item === "string" && item !== "" ? item : undefined;
}
