import { holdUp, holdUpOptions } from "./hold_up.ts";
import { plainLine } from "./plain_text.ts";
import type { Verb } from "./verb.ts";

export const pause: Verb = {
  name: "pause",
  summary: "hold up what is sent to an agent, to everyone, or a conversation",
  usage: ["pause NAME", "pause --all", "pause --conversation ID"],
  about:
    `What is sent to a paused agent stays queued: its checks and hooks bring nothing, and nothing
wakes it, until 'hustings resume' says so. Senders are told. In a paused conversation (that
of the message ID) agents are refused answers, until a person writes in it or resumes it.
All of it outlives the broker.`,
  options: holdUpOptions("hold up"),
  json:
    `{"everyone","names":[...]}   who is paused by now; of --conversation {"threads":[...]}, the first
messages of those that are stopped`,
  run: (call) =>
    holdUp(call, "pause", {
      paused: (name) =>
        name === "*"
          ? "Everyone is paused: what is sent stays queued until 'hustings resume --all'."
          : `${plainLine(name)} is paused: what is sent to it stays queued until ` +
            `'hustings resume ${plainLine(name)}'.`,
      stopped: (thread) =>
        `The conversation of #${thread} is stopped: agents are refused answers in it until a person ` +
        `writes in it, or 'hustings resume --conversation ${thread}'.`,
    }),
};
