import type { PausedView } from "../core/bus_events.ts";
import { holdUp, holdUpOptions } from "./hold_up.ts";
import { plainLine } from "./plain_text.ts";
import type { Verb } from "./verb.ts";

export const resume: Verb = {
  name: "resume",
  summary: "let go on what was paused",
  usage: ["resume NAME", "resume --all", "resume --conversation ID"],
  about: `Brings a paused agent what was queued for it meanwhile, or lets agents answer again in the
conversation of the message ID. Who was paused by name stays so after 'hustings resume
--all', and where everyone is paused, a name alone does not go on.`,
  options: holdUpOptions("let go on"),
  json:
    `{"everyone","names":[...]}   who is still paused; of --conversation {"threads":[...]}, the first
messages of those that are still stopped`,
  run: (call) =>
    holdUp(call, "resume", {
      paused: (name, now) => name === "*" ? everyone(now) : one(plainLine(name), now),
      stopped: (thread) => `The conversation of #${thread} goes on: agents may answer in it.`,
    }),
};

function everyone({ names }: PausedView): string {
  if (names.length === 0) return "Everyone goes on, with what was queued meanwhile.";
  const who = names.map(plainLine).join(", ");
  return `Everyone goes on, but for who is paused by name: ${who}.`;
}

function one(name: string, { everyone }: PausedView): string {
  return everyone
    ? `${name} is not paused by name any more, but everyone is: 'hustings resume --all' ends that.`
    : `${name} goes on, with what was queued meanwhile.`;
}
