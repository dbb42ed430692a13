import type { HooksForm, ServerForm } from "./client_places.ts";
import { Draft } from "./draft.ts";
import type { HookEntry } from "./hook_entries.ts";
import { ownHook, startsUs } from "./own_words.ts";
import { commandOf, serverName } from "./server_entry.ts";
import { ConfigFault, isObject } from "./text_editor.ts";
import type { Path, TextEditor } from "./text_editor.ts";

/** What of ours a file is to hold. */
export interface Wanted {
  readonly server?: {
    readonly list: ServerForm["list"];
    readonly entry: Readonly<Record<string, unknown>>;
  };
  readonly hooks?: {
    readonly client: string;
    readonly form: HooksForm;
    readonly entries: readonly HookEntry[];
  };
}

/** Where of ours is to be looked for in a file. */
export interface Traces {
  readonly list?: ServerForm["list"];
  /** The client whose hooks are ours there. */
  readonly hooksOf?: string;
}

/** What of an entry is ours for good; the rest belongs to its user once it is there. */
const ownKeys = ["type", "command", "cmd", "args", "env", "envs", "environment"];

/**
 * `text` with what is wanted, and the objects and lists that were made for it. What is there already is
 * left as it is; a program that has moved gets its new path. Throws `ConfigFault` for a text that cannot
 * be read or changed, and for a server of another program under our name unless `force`.
 */
export function addTo(
  editor: TextEditor,
  text: string,
  { server, hooks }: Wanted,
  force: boolean,
): { text: string; made: readonly Path[] } {
  const draft = new Draft(editor, text);
  if (server !== undefined) addServer(draft, [server.list, serverName], server.entry, force);
  if (hooks !== undefined) addHooks(draft, hooks);
  return { text: draft.finish(), made: draft.made };
}

function addServer(
  draft: Draft,
  path: Path,
  entry: Readonly<Record<string, unknown>>,
  force: boolean,
): void {
  const there = draft.get(path);
  if (there === undefined) return draft.set(path, entry);
  const isOurs = startsUs(commandOf(there));
  if (!isOurs && !force) {
    throw new ConfigFault(
      `it has a server '${serverName}' already that starts another program (${
        commandOf(there).join(" ") || "none"
      }): rename it there, or replace it with --force`,
    );
  }
  if (!isOurs || !isObject(there)) {
    draft.remove(path);
    return draft.set(path, entry);
  }
  for (const [key, value] of Object.entries(entry)) {
    if (ownKeys.includes(key)) update(draft, [...path, key], value);
  }
}

/** Variables are added to those that are there; no arguments are as good as an empty list of them. */
function update(draft: Draft, path: Path, value: unknown): void {
  const there = draft.get(path);
  if (isObject(value)) {
    if (there === undefined && Object.keys(value).length === 0) return;
    for (const [name, each] of Object.entries(value)) draft.set([...path, name], each);
    return;
  }
  const isNone = Array.isArray(value) && value.length === 0;
  if (there === undefined && (isNone || path.at(-1) === "type")) return;
  draft.set(path, value);
}

/** A command of ours in the hooks of a file. */
interface FoundHook {
  readonly path: Path;
  readonly at: string;
  readonly event: string;
}

function addHooks(draft: Draft, hooks: NonNullable<Wanted["hooks"]>): void {
  const { client, form, entries } = hooks;
  const isFlat = form === "commands" || form === "typed commands";
  // Both clients that take single commands want to know how the file is written.
  if (isFlat && draft.get(["version"]) === undefined) {
    draft.set(["version"], 1);
    draft.made.push(["version"]);
  }
  const missing = new Map<string, Record<string, unknown>[]>();
  const found = hooksIn(draft, client);
  for (const { at, event, command } of entries) {
    const there = found.filter((each) => each.at === at && each.event === event);
    for (const { path } of there) draft.set([...path, "command"], command["command"]);
    if (there.length === 0) missing.set(at, [...missing.get(at) ?? [], { ...command }]);
  }
  for (const [at, commands] of missing) {
    const matcher = form === "matched groups" ? { matcher: "*" } : {};
    const members = isFlat ? commands : [{ ...matcher, hooks: commands }];
    for (const member of members) {
      const list = draft.get(["hooks", at]) ?? [];
      if (!Array.isArray(list)) throw new ConfigFault(`its hooks for '${at}' are no list`);
      draft.set(["hooks", at, list.length], member);
    }
  }
}

/** In reverse, so that each can be taken out without moving the next. */
function hooksIn(draft: Draft, client: string): FoundHook[] {
  const events = draft.get(["hooks"]);
  if (events === undefined) return [];
  if (!isObject(events)) throw new ConfigFault("its hooks are no object");
  return Object.entries(events).flatMap(([at, groups]) =>
    (Array.isArray(groups) ? groups : []).flatMap((group, place) => {
      const path = ["hooks", at, place];
      const inner: unknown[] = Array.isArray(group?.hooks) ? group.hooks : [];
      return [
        ...ours(group?.command, client, at, path),
        ...inner.flatMap((each, index) =>
          ours((each as { command?: unknown } | null)?.command, client, at, [
            ...path,
            "hooks",
            index,
          ])
        ),
      ];
    })
  ).toReversed();
}

function ours(line: unknown, client: string, at: string, path: Path): FoundHook[] {
  const own = ownHook(line);
  return own?.client === client ? [{ path, at, event: own.event }] : [];
}

/** True where the file holds anything of ours. Throws `ConfigFault` for a text that cannot be read. */
export function holdsOurs(editor: TextEditor, text: string, { list, hooksOf }: Traces): boolean {
  const draft = new Draft(editor, text);
  if (list !== undefined && startsUs(commandOf(draft.get([list, serverName])))) return true;
  return hooksOf !== undefined && hooksIn(draft, hooksOf).length > 0;
}

/**
 * `text` without what is ours, and without the objects and lists of `made` that hold nothing now. Without
 * `made`, which nobody has noted, those go that our own things alone were in. Throws as `addTo` does.
 */
export function removeFrom(
  editor: TextEditor,
  text: string,
  { list, hooksOf }: Traces,
  made: readonly Path[] | undefined,
): string {
  const draft = new Draft(editor, text);
  const emptied: Path[] = [];
  if (list !== undefined && startsUs(commandOf(draft.get([list, serverName])))) {
    draft.remove([list, serverName]);
    emptied.push([list]);
  }
  for (const { path, at } of hooksOf === undefined ? [] : hooksIn(draft, hooksOf)) {
    draft.remove(path);
    if (path.length > 3) removeEmptyGroup(draft, path.slice(0, 3));
    emptied.push(["hooks", at], ["hooks"]);
  }
  const containers = [...made ?? emptied].toSorted((a, b) => b.length - a.length);
  for (const path of containers) if (isEmpty(draft.get(path))) draft.remove(path);
  // How the file is written is of use as long as there is anything else in it.
  const notes = containers.filter((path) => typeof draft.get(path) === "number");
  if (notes.length === Object.keys(draft.get([]) as object).length) {
    notes.forEach((path) => draft.remove(path));
  }
  return draft.finish();
}

/** A group that has lost its last command is good for nothing. */
function removeEmptyGroup(draft: Draft, path: Path): void {
  const commands = draft.get([...path, "hooks"]);
  if (Array.isArray(commands) && commands.length === 0) draft.remove(path);
}

function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
