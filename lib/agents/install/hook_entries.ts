import type { ClientHook, ClientProfile } from "../clients.ts";
import type { HooksForm } from "./client_places.ts";
import { commandLine } from "./own_words.ts";
import type { Shell } from "./own_words.ts";
import type { OwnCommand } from "./server_entry.ts";

/** How long a waiting hook may last, in seconds: a day, which is a little more than it takes itself. */
const waitTimeoutS = 86_400;

/** One command of ours that a client is to run at an event. */
export interface HookEntry {
  /** As the client calls the moment. */
  readonly at: string;
  /** What follows `hook CLIENT`: the event, or `wait`. */
  readonly event: string;
  /** The member of a list that runs it. */
  readonly command: Readonly<Record<string, unknown>>;
}

/** How `command` is called as a hook of `client` at an event, as who reads the line there takes it. */
export function hookLine(
  { short }: ClientProfile,
  { command, args }: OwnCommand,
  windows: boolean,
): (event: string) => string {
  const shell = windows ? windowsShells[short] ?? "powershell" : "sh";
  return (event) => commandLine([command, ...args, "hook", short, event], shell);
}

/** All commands that belong into the hooks of `client`, in the order of its events; `line` calls the program. */
export function hookEntries(
  client: ClientProfile,
  form: HooksForm,
  line: (event: string) => string,
): HookEntry[] {
  return (client.hooks ?? []).flatMap((hook) => {
    const own = { at: hook.event, event: hook.event, command: entry(form, line(hook.event)) };
    return waitsAfter(client, hook)
      ? [own, {
        at: hook.event,
        event: "wait",
        command: { ...entry(form, line("wait")), asyncRewake: true, timeout: waitTimeoutS },
      }]
      : [own];
  });
}

/** Documented, not seen: who reads a hook's command line on Windows. */
const windowsShells: Readonly<Record<string, Shell>> = {
  claude: "sh",
  codex: "cmd",
  gemini: "powershell",
};

/** A session is idle before its first prompt and after each turn. */
function waitsAfter({ wake }: ClientProfile, { moment }: ClientHook): boolean {
  return wake === "hook" && (moment === "start" || moment === "end");
}

function entry(form: HooksForm, command: string): Record<string, unknown> {
  if (form === "commands") return { command };
  if (form === "matched groups") return { type: "command", name: "hustings", command };
  return { type: "command", command };
}
