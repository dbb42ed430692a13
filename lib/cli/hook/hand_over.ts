import type { ClientHook } from "../../agents/clients.ts";
import type { HookIdentity } from "../../agents/hook_identity.ts";
import type { HookInput } from "../../agents/hook_input.ts";
import { hookOutput } from "../../agents/hook_output.ts";
import { attendBus } from "../../bus/attend_bus.ts";
import type { Attendant } from "../../bus/bus.ts";
import type { Activity } from "../../core/types.ts";
import { writeOut } from "../terminal.ts";
import { showMessages } from "./show_messages.ts";

const activities: Partial<Record<ClientHook["moment"], Activity>> = {
  prompt: "working",
  tool: "working",
  end: "idle",
};

/**
 * Tells the bus what this moment shows of the session and hands over what is queued for it, in the form
 * of its client. The end of a turn is put off for messages once: what comes while it goes on for that
 * is left to the hooks after tools, or to what wakes the session.
 */
export async function handOver(
  { event, moment, form }: ClientHook,
  input: HookInput,
  identity: HookIdentity,
): Promise<void> {
  const attendant = await attend(identity, activities[moment]);
  if (attendant === undefined) return;
  const isLast = moment === "end" && input.prolonged;
  if (form === undefined || isLast || attendant.unread === 0) return attendant.leave();
  const write = (text: string) => writeOut(hookOutput(event, form, text));
  const told = await showMessages(attendant, write);
  attendant.leave();
  // The turn that was about to end goes on.
  if (told && moment === "end") (await attend(identity, "working"))?.leave();
}

async function attend(
  { first, second }: HookIdentity,
  activity: Activity | undefined,
): Promise<Attendant | undefined> {
  const shown = activity === undefined ? {} : { activity };
  return await attendBus({ ...first, ...shown }, async () => ({ ...await second(), ...shown }));
}
