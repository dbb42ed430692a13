import { hookNotice, hookText } from "../../agents/hook_text.ts";
import type { Attendant } from "../../bus/bus.ts";
import { limits } from "../../core/limits.ts";

/**
 * Takes what is queued and writes it for the model. The messages count as read once `write` has taken
 * all of it; when it rejects they are queued again, and this rejects, too. Returns false where there was
 * nothing to show.
 */
export async function showMessages(
  attendant: Attendant,
  write: (text: string) => Promise<void>,
): Promise<boolean> {
  const handed = await attendant.check({ waitMs: 0, textBytes: limits.hookTextBytes });
  if (handed.messages.length === 0) return false;
  const text = hookText(attendant.name, handed, Date.now());
  const fits = new TextEncoder().encode(text).length <= limits.hookOutputBytes;
  try {
    await write(fits ? text : hookNotice(attendant.name, handed));
  } catch (error) {
    await handed.release();
    throw error;
  }
  await (fits ? handed.confirm() : handed.release());
  return true;
}
