import type { Attention } from "../core/types.ts";
import { clientTitle } from "./find_client.ts";

/** How a message gets before the model of an agent of `client` that is here and does not wait for one. */
export function howItNotices({ activity, reach }: Attention, client: string): string {
  if (reach === "wake") return activity === "working" ? "at work, sees it soon" : "is woken for it";
  if (reach === undefined) return "will see it at its next check";
  if (activity === "working") return "at work, sees it at its next step";
  return `sees it at its next turn (${clientTitle(client)} cannot be woken)`;
}

/** What an agent that is here does, and whether something wakes it: `idle, can be woken`. */
export function doingWords({ activity, reach }: Attention): string {
  const doing = activity === "working" ? "at work" : activity ?? "here";
  return reach === "wake" ? `${doing}, can be woken` : doing;
}
