import { nameKey } from "../../core/names.ts";
import { limits } from "../../core/limits.ts";
import type { Address } from "./prompt.ts";
import type { ScreenLists } from "./screen_lists.ts";
import type { ScreenState } from "./screen_state.ts";
import { fewNames } from "./screen_words.ts";

/**
 * To whom `w` writes, and what `r` answers: the chosen member; who takes part in the chosen conversation;
 * who wrote the chosen message. Undefined where nothing is chosen. Who writes is not written to.
 */
export function addressOf(
  state: ScreenState,
  lists: ScreenLists,
  how: "write" | "answer",
): Address | undefined {
  const message = lists.message(state);
  const member = lists.member(state);
  if (how === "answer") return message && answer(message, state.me);
  if (state.focus === "members") {
    return member && { to: [member.name], label: `To ${member.name}: ` };
  }
  const thread = state.thread ?? message?.thread;
  const last = thread === undefined ? undefined : lists.view.conversations.thread(thread);
  if (thread === undefined || last === undefined) return undefined;
  const to = others(lists.participants(thread), state.me).slice(0, limits.recipients);
  const replyTo = last.messages.at(-1)!.id;
  return { to, replyTo, label: `To ${fewNames(to, 3)} in #${thread}: ` };
}

/** To who wrote it; to one's own message, to who got that. */
function answer(
  { id, from, to }: { id: number; from: string; to: readonly { name: string }[] },
  me: string | undefined,
): Address {
  const isMine = me !== undefined && nameKey(from) === nameKey(me);
  const names = isMine ? others(to.map(({ name }) => name), me) : [from];
  return {
    to: names.slice(0, limits.recipients),
    replyTo: id,
    label: `Answer #${id} to ${fewNames(names, 3)}: `,
  };
}

function others(names: readonly string[], me: string | undefined): string[] {
  return names.filter((name) => me === undefined || nameKey(name) !== nameKey(me));
}
