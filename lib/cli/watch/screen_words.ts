import type { DeliveryState } from "../../core/delivery.ts";
import type { MemberView } from "../../core/types.ts";
import type { Span } from "./grid.ts";
import { styles } from "./styles.ts";

/** What the states of a delivery are called, as in `hustings history`. */
export const stateWords: Readonly<Record<DeliveryState, string>> = {
  accepted: "queued",
  handed: "handed",
  read: "read",
  answered: "answered",
};

const stateStyles: Readonly<Record<DeliveryState, number>> = {
  accepted: styles.yellow,
  handed: styles.cyan,
  read: styles.green,
  answered: styles.green | styles.bold,
};

const order: readonly DeliveryState[] = ["accepted", "handed", "read", "answered"];

/** How far a message has come: with all of its recipients, or furthest, and then with how many of them. */
export function stateSpan(to: readonly { readonly state: DeliveryState }[]): Span {
  const least = order.find((state) => to.some((each) => each.state === state));
  if (least === undefined) return { text: "to nobody", style: styles.dim };
  const most = order.findLast((state) => to.some((each) => each.state === state))!;
  if (most === least) return { text: stateWords[least], style: stateStyles[least] };
  const count = to.filter(({ state }) => state === most).length;
  return { text: `${stateWords[most]} ${count}/${to.length}`, style: stateStyles.handed };
}

/** The state of one recipient. */
export function deliverySpan(state: DeliveryState): Span {
  return { text: stateWords[state], style: stateStyles[state] };
}

/** What a member does: a word and its style. */
export function memberSpan({ presence, activity, paused }: MemberView): Span {
  if (paused) return { text: "paused", style: styles.yellow | styles.bold };
  if (presence === "away" || presence === "nobody") return { text: presence, style: styles.dim };
  if (presence === "waiting") return { text: "waiting", style: styles.green };
  if (activity === "working") return { text: "at work", style: styles.cyan };
  return { text: activity ?? "here", style: styles.plain };
}

/** Names in a few words: `ann, bob +3`. */
export function fewNames(names: readonly string[], shown: number): string {
  const first = names.slice(0, shown).join(", ");
  return names.length > shown ? `${first} +${names.length - shown}` : first;
}

/** The time of day where the reader is: `21:02:07`. */
export function timeOfDay(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** The first line of a text that is none of its blank ones, and no more of it than a row can show. */
export function firstLine(text: string, length: number): string {
  const start = text.search(/\S/);
  if (start === -1) return "";
  const part = text.slice(start, start + length + 1);
  const line = part.split("\n", 1)[0]!.trimEnd();
  const isCut = start + line.length < text.trimEnd().length;
  return isCut ? `${line.slice(0, length)} …` : line;
}
