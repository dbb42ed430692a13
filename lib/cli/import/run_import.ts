import type { Bus, ImportedMessage, ImportedName } from "../../bus/bus.ts";
import { HustingsError, toHustingsError } from "../../core/errors.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { ImportResult } from "../../core/types.ts";
import { checkMessage } from "../../member/hub/accept_message.ts";
import { checkOwnName } from "../../member/hub/take_name.ts";
import { exitCodes } from "../exit_codes.ts";
import type { ExitCode } from "../exit_codes.ts";
import { onBus } from "../on_bus.ts";
import { expectWords } from "../option_values.ts";
import { plainJson } from "../plain_text.ts";
import { withProgress } from "../progress.ts";
import { prose, writeOut } from "../terminal.ts";
import type { Call } from "../verb.ts";
import { importView } from "./import_view.ts";
import { legacyNames } from "./legacy_names.ts";
import { LegacyStore } from "./legacy_store.ts";
import type { LegacyMessage } from "./legacy_store.ts";
import { legacyText } from "./legacy_text.ts";
import { legacyUuid } from "./legacy_uuid.ts";
import { Tally } from "./tally.ts";

/** Where what is imported goes: a bus, or in a rehearsal nowhere. */
type Target = Pick<Bus, "import" | "adopt">;

/**
 * Carries `hustings import` out. Returns `nothing` where there is nothing to take, and `refused` where
 * something was left out.
 */
export async function runImport(call: Call): Promise<ExitCode> {
  expectWords(call, "import", 1);
  const path = call.words[0] ?? usualPath();
  const dryRun = call.values["dry-run"] === true;
  const tally = new Tally();
  const show = async (view = importView) => {
    const result = { path, dryRun, ...tally.result() };
    await writeOut(call.json ? `${plainJson(result)}\n` : view(result));
    if (tally.isEmpty) return exitCodes.nothing;
    return tally.leftOut.length > 0 ? exitCodes.refused : exitCodes.ok;
  };
  if (call.words[0] === undefined && !isThere(path)) {
    return await show(() => prose(`There is no ${path}, so there is nothing to import.\n`, 2));
  }
  using store = new LegacyStore(path);
  if (dryRun) {
    await takeAll(store, rehearsal, tally);
    return await show();
  }
  return await onBus(call, async (bus) => {
    await withProgress("Importing", () => takeAll(store, bus, tally));
    return await show();
  });
}

function usualPath(): string {
  const home = Deno.env.get("HOME") || Deno.env.get("USERPROFILE");
  if (!home) throw new HustingsError("bad_request", "HOME is not set: name the database to import");
  return `${home}/.claude-ipc-data/messages.db`;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Refuses what the bus would refuse whatever is on it. */
const rehearsal: Target = {
  import: async ({ from, to, text, message }) => {
    checkMessage({ op: "send", message, to: [to], text });
    return await taken(from, to);
  },
  adopt: async ({ name, former = name }) => await taken(name, former),
};

function taken(...names: string[]): Promise<ImportResult> {
  for (const name of names) checkOwnName(name);
  return Promise.resolve({ isNew: true });
}

/** Names first: mail to one that forwards goes where it leads. */
async function takeAll(store: LegacyStore, target: Target, tally: Tally): Promise<void> {
  for (const name of legacyNames(store.instances(), store.renames(), Date.now())) {
    const { what, kind } = told(name);
    await taking(tally, kind, what, async () => await target.adopt(name));
  }
  for (let after = 0;;) {
    const page = store.unread(after);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
    const messages = await Promise.all(page.map(imported));
    // Together: they share a commit or two, in this order.
    const takes = messages.map((message, index) => {
      const { id, from, to } = page[index]!;
      const what = `message ${id} from '${from}' to '${to}'`;
      return taking(tally, "messages", what, async () => await target.import(message));
    });
    const failed = (await Promise.allSettled(takes)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw brokenOff(failed.reason, tally);
  }
}

function told({ name, former }: ImportedName): { what: string; kind: "names" | "forwards" } {
  if (former === undefined) return { what: `name '${name}'`, kind: "names" };
  return { what: `forwarding from '${former}' to '${name}'`, kind: "forwards" };
}

async function imported(message: LegacyMessage): Promise<ImportedMessage> {
  const { from, to, timestamp } = message;
  return {
    message: await legacyUuid(message),
    from: trimmed(from),
    to: trimmed(to),
    text: legacyText(message),
    source: "claude-ipc-mcp",
    written: timestamp.replace("T", " ").replace(/\.\d+$/, "").slice(0, 64) || "at a time not told",
  };
}

/** Its program lets a line feed at the end of a name pass. */
function trimmed(name: string): string {
  return name.replace(/\n$/, "").slice(0, 256);
}

/** What concerns one message or name, and not the bus: the others can be taken all the same. */
const leavesOut: ReadonlySet<ErrorCode> = new Set(["bad_name", "too_large", "name_in_use"]);

async function taking(
  tally: Tally,
  kind: "messages" | "names" | "forwards",
  what: string,
  take: () => Promise<ImportResult>,
): Promise<void> {
  try {
    tally.took(kind, await take());
  } catch (error) {
    const { code, message } = toHustingsError(error);
    if (!leavesOut.has(code)) throw error;
    tally.leaves(what, message);
  }
}

function brokenOff(reason: unknown, tally: Tally): HustingsError {
  const { code, message } = toHustingsError(reason);
  const { new: count } = tally.result().messages;
  return new HustingsError(
    code,
    `${message}. ${count} messages were imported before; the same command goes on with the others`,
    { cause: reason },
  );
}
