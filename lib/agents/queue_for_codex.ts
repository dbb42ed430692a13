import { limits } from "../core/limits.ts";
import { programCall } from "./program_call.ts";
import type { ProgramPlaces } from "./program_call.ts";

/** What a thread of Codex is called: nothing that its command line could take for an option. */
const threadId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/**
 * Queues `text` for a thread of Codex, which begins a turn with it when it is idle. The text appears
 * there as its user's. Returns undefined once Codex has taken it, otherwise why it did not: it is not on
 * the PATH of `places`, knows no such thread, or took longer than `limits.queueMs`. Never rejects.
 */
export async function queueForCodex(
  thread: string,
  text: string,
  places: ProgramPlaces,
): Promise<string | undefined> {
  if (!threadId.test(thread)) return "the thread has a strange id";
  try {
    const words = ["queue", "--thread", thread, "--message", text];
    const { command, ...call } = programCall("codex", words, places);
    const { code, stderr } = await new Deno.Command(command, {
      ...call,
      args: [...call.args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(limits.queueMs),
    }).output();
    if (code === 0) return undefined;
    return `ended with ${code}: ${new TextDecoder().decode(stderr).trim().slice(0, 500)}`;
  } catch (error) {
    return String(error);
  }
}
