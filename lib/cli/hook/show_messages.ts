import { hookText } from "../../agents/hook_text.ts";
import { LongTexts } from "../../agents/long_texts.ts";
import { ownStateDirectory } from "../../agents/own_state_directory.ts";
import type { Attendant } from "../../bus/bus.ts";
import { limits } from "../../core/limits.ts";

/**
 * Takes what is queued and writes it for the model. The messages count as read once `write` has taken
 * all of it; when it rejects they are queued again, and this rejects, too, as it does with a
 * `HustingsError` when the bus does not hand them over. Returns false where there was nothing to show.
 */
export async function showMessages(
  attendant: Attendant,
  write: (text: string) => Promise<void>,
): Promise<boolean> {
  const handed = await attendant.check({ waitMs: 0, textBytes: limits.hookTextBytes });
  if (handed.messages.length === 0) return false;
  try {
    const texts = new LongTexts(ownStateDirectory().texts);
    const messages = handed.messages.map((message) => texts.shown(message));
    await write(hookText(attendant.name, { ...handed, messages }, Date.now()));
  } catch (error) {
    await handed.release();
    throw error;
  }
  // A broker that is gone before it hears of it has them shown once more, marked as such.
  await handed.confirm().catch(() => {});
  return true;
}
