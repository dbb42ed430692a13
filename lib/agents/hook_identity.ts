import type { AttendIdentity } from "../bus/bus.ts";
import { agentDirectory } from "./agent_directory.ts";
import { ancestorsOf } from "./ancestors_of.ts";
import type { ClientProfile } from "./clients.ts";
import type { HookInput } from "./hook_input.ts";
import { sessionOfProcess } from "./session_id.ts";

/** What a hook knows of itself beside its input; tests have their own. */
export interface HookProcess {
  /** The process that started it. */
  readonly parent: number;
  env(name: string): string | undefined;
  cwd(): string;
  ancestorsOf(pid: number): Promise<readonly number[]>;
}

/** Of which session a hook is one: first what costs nothing to know, then, where that leads to none, more. */
export interface HookIdentity {
  readonly first: AttendIdentity;
  readonly second: () => Promise<AttendIdentity>;
}

/**
 * Ancestors to look at: the client, with a shell or two and a package runner before it. Farther ones may
 * be another session, in whose shell this one was started.
 */
const nearest = 4;

const thisProcess: HookProcess = {
  parent: Deno.ppid,
  env: (name) => Deno.env.get(name),
  cwd: () => Deno.cwd(),
  ancestorsOf: (pid) => ancestorsOf(pid),
};

/**
 * Of which session of `client` the hook with `input` is one. Claude Code tells its hooks its own process,
 * which is certain: a conversation begins anew in the same process (`/clear`), or is known to its servers
 * by another id than to its hooks (`-p --continue`). Else it is known by the conversation, where the
 * client's servers know that, too, or by the client's process among the hook's ancestors.
 */
export function hookIdentity(
  { short, session: told }: ClientProfile,
  input: HookInput,
  process = thisProcess,
): HookIdentity {
  const { env, parent } = process;
  const cwd = () => input.directory ?? process.cwd();
  const who = { client: short, directory: agentDirectory(short, { env, cwd }) };
  const session = told === undefined ? undefined : input.session ?? sessionOfProcess(short, env);
  const named = { ...who, ...(session === undefined ? {} : { session }) };
  const own = told === "environment" ? Number(env("CLAUDE_PID")) : 0;
  if (Number.isSafeInteger(own) && own > 0) {
    const ancestors = [own];
    return { first: { ...who, ancestors }, second: () => Promise.resolve({ ...named, ancestors }) };
  }
  return {
    first: { ...named, ancestors: [parent] },
    second: async () => {
      const ancestors = (await process.ancestorsOf(parent)).slice(0, nearest);
      return { ...told === "environment" ? who : named, ancestors };
    },
  };
}
