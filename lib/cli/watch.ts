import { HustingsError } from "../core/errors.ts";
import { checkName } from "../core/names.ts";
import { expectWords, textOption, textOptions, wholeOption } from "./option_values.ts";
import { isDumb } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";
import { lineKinds } from "./watch/line_kinds.ts";
import type { LineKind } from "./watch/line_kinds.ts";
import type { WatchWishes } from "./watch/run_watch.ts";
import { sinceOptionMs } from "./watch/since_option_ms.ts";
import { watchLimits } from "./watch/watch_limits.ts";

export const watch: Verb = {
  name: "watch",
  summary: "follow what happens on the bus: a screen, or a line each",
  usage: ["watch [--name NAME] [--conversation ID] [--as NAME]"]
    .concat(["watch --lines [--name NAME]... [--only KIND]... [--last N | --since TIME]"])
    .concat(["watch --json"]),
  about:
    `On a terminal it is a screen with the members, the conversations, their messages and how far each
has come with every recipient; '?' shows the keys. There you can also write and answer, pause
what is sent to a member or to everyone, and stop a conversation: as a person, under the
name of --as or one made from the directory, which is taken with your first message.

Into a pipe, and with --lines, --json, --only, --last or --since, it writes a line for each thing that
happens, like 'tail -f': messages with the first line of their text, what became of them, who
came and went, another broker. After a gap the messages are read from the history: none is
missing, none comes twice. It ends with Ctrl-C, or when nobody reads it any more.

KIND is one of ${
      lineKinds.join(", ")
    }. TIME is how long ago, as in 90s, 10min, 2h or 3d, or a moment as in
2026-03-01T12:00. While there is no bus it says so once, and goes on when there is one. It
looks on: it has no name and is never the broker, unless --stand lets it be that where
nobody else is.`,
  options: {
    lines: { type: "boolean", help: "write lines, on a terminal too" },
    name: { type: "string", value: "NAME", multiple: true, help: "only what concerns this member" },
    conversation: { type: "string", value: "ID", help: "only the conversation of this message" },
    only: { type: "string", value: "KIND", multiple: true, help: "only lines of this kind" },
    last: {
      type: "string",
      value: "N",
      help:
        `begin with the last N messages, ${watchLimits.lastMessages} unless told, none with --json`,
    },
    since: { type: "string", value: "TIME", help: "begin with the messages since then" },
    stand: { type: "boolean", help: "be the broker where nobody is" },
    as: { type: "string", value: "NAME", help: "write under this name" },
    json: { type: "boolean", help: "print JSON, one value a line; errors too (on stderr)" },
  },
  json: `  {"kind":"broker","atMs","broker":{"name","pid","port","epoch","sinceMs","version"}}
  {"kind":"server","atMs","server":{as 'status' prints it}}   in its place, where the bus has one
  {"kind":"member","atMs","member":{as 'list' prints it}}
  {"kind":"renamed","atMs","former","name"}
  {"kind":"message","atMs","message":{as 'history' prints an entry}}
  {"kind":"delivery","atMs","id","name","state":"accepted"|"handed"|"read"|"answered"}
  {"kind":"paused","atMs","paused":{"everyone","names":[...]}}
  {"kind":"stopped","atMs","threads":[...]}
  {"kind":"down","atMs","message"}
  A "broker" and all that is known of members, paused and stopped come first, and again \
after a gap. Each value says how things are now: to see one twice does no harm.`,
  run,
};

async function run(call: Call) {
  expectWords(call, "watch", 0);
  const wishes = wishesOf(call);
  // What draws is read by who watches, and by no other command.
  const { runWatch } = await import("./watch/run_watch.ts");
  return await runWatch(wishes);
}

function wishesOf(call: Call): WatchWishes {
  const names = textOptions(call, "name").map(checkName);
  const thread = wholeOption(call, "conversation", 1, Number.MAX_SAFE_INTEGER);
  const kinds = textOptions(call, "only").map(kindOf);
  const last = wholeOption(call, "last", 0, watchLimits.lastMessagesMax);
  const sinceMs = sinceOptionMs(textOption(call, "since"), Date.now());
  const name = textOption(call, "as");
  const isOfLines = kinds.length > 0 || last !== undefined || sinceMs !== undefined;
  const wantsLines = call.json || call.values["lines"] === true || isOfLines;
  const usual = sinceMs !== undefined ? watchLimits.lastMessagesMax : watchLimits.lastMessages;
  return {
    isScreen: !wantsLines && isScreenThere(),
    isJson: call.json,
    stands: call.values["stand"] === true,
    last: last ?? (call.json && sinceMs === undefined ? 0 : usual),
    ...(name === undefined ? {} : { name: checkName(name) }),
    ...(names.length === 0 ? {} : { names }),
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(thread === undefined ? {} : { thread }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

/** Somebody looks and has keys. */
function isScreenThere(): boolean {
  return Deno.stdout.isTerminal() && Deno.stdin.isTerminal() && !isDumb();
}

function kindOf(text: string): LineKind {
  const kind = lineKinds.find((each) => each === text);
  if (kind !== undefined) return kind;
  const known = lineKinds.join(", ");
  throw new HustingsError("bad_request", `--only is one of ${known}: it is '${text}'`);
}
