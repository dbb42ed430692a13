import { isObject } from "./text_editor.ts";
import type { ServerForm } from "./client_places.ts";

/** The key of our entry in every list of servers. */
export const serverName = "hustings";

/** How this program is started. */
export interface OwnCommand {
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
}

/** What a server needs that its client would not hand on. */
export type ServerEnvironment = Readonly<Record<string, string>>;

/** Goose's own limit for a call, in seconds: it writes it into each entry. */
const gooseTimeoutS = 300;

/** Our entry in a list of servers, in the order in which the clients write theirs. */
export function serverEntry(
  form: ServerForm["entry"],
  { command, args }: OwnCommand,
  env: ServerEnvironment,
): Record<string, unknown> {
  const variables = Object.keys(env).length === 0 ? {} : { env };
  switch (form) {
    case "plain":
      return { command, args, ...variables };
    case "typed":
      return { type: "stdio", command, args, ...variables };
    case "claude":
      return { type: "stdio", command, args, env };
    case "opencode": {
      const environment = Object.keys(env).length === 0 ? {} : { environment: env };
      return { type: "local", command: [command, ...args], enabled: true, ...environment };
    }
    case "goose": {
      const description = "Messages between the AI agents on this machine";
      const about = { enabled: true, type: "stdio", name: serverName, description };
      return { ...about, cmd: command, args, envs: env, timeout: gooseTimeoutS };
    }
  }
}

/** The program and its arguments that an entry of any form names; empty where it names none. */
export function commandOf(entry: unknown): string[] {
  if (!isObject(entry)) return [];
  const { command, cmd, args } = entry;
  return [command ?? cmd, args].flat().filter((word) => typeof word === "string");
}
