import type { Bus } from "../bus/bus.ts";
import { HustingsError, toHustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import type { ExitCode } from "./exit_codes.ts";
import { takeMessages } from "./take_messages.ts";

export interface AnswerOptions {
  readonly waitMs: number;
  readonly json: boolean;
  /** What else the JSON has, before the messages. */
  readonly fields?: object;
}

/**
 * Waits for answers to the message `id` and shows those that come. When none does, it says so and
 * returns `timedOut`. A rejection says that the message itself is on disk.
 */
export async function awaitAnswer(
  bus: Bus,
  id: number,
  { waitMs, ...view }: AnswerOptions,
): Promise<ExitCode> {
  const none = `No answer to #${id} in ${waitMs / 1000} s; it may still come: check later.`;
  const noneCode = exitCodes.timedOut;
  try {
    return await takeMessages(bus, { waitMs, replyTo: id }, { ...view, none, noneCode });
  } catch (thrown) {
    const { code, message } = toHustingsError(thrown);
    throw new HustingsError(code, `Message #${id} is on disk, and sent. ${message}`, {
      cause: thrown,
    });
  }
}
