import type { Bus, CheckOptions } from "../bus/bus.ts";
import { HustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import type { ExitCode } from "./exit_codes.ts";
import { messageView, sentView } from "./message_view.ts";
import { plainJson } from "./plain_text.ts";
import { withProgress } from "./progress.ts";
import { writeError, writeOut } from "./terminal.ts";

/** How what was taken is shown. */
export interface TakenView {
  readonly json: boolean;
  /** What is said when nothing came, and the exit code then. */
  readonly none: string;
  readonly noneCode: ExitCode;
  /** What else the JSON has, before the messages. */
  readonly fields?: object;
}

const whyNothing = "Somebody has paused what is sent to this name; 'hustings resume' lets it come.";

/**
 * Takes messages and shows them. They count as read only once stdout has taken all of them: when it
 * has not, they are queued again and this rejects with the reason.
 */
export async function takeMessages(
  bus: Bus,
  options: CheckOptions,
  { json, none, noneCode, fields }: TakenView,
): Promise<ExitCode> {
  const { waitMs, replyTo } = options;
  const awaited = replyTo === undefined ? "a message" : `the answer to #${replyTo}`;
  const handed = await withProgress(
    `Waiting for ${awaited}`,
    () => bus.check(options),
    { atMostMs: waitMs === 0 ? undefined : waitMs },
  );
  const { messages, more, sent, paused } = handed;
  const rest = more === 0
    ? ""
    : `\n${more} more ${more === 1 ? "is" : "are"} queued: check again.\n`;
  const nothing = paused ? `${none} ${whyNothing}` : none;
  const shown = messages.length === 0 ? `${nothing}\n` : messageView(messages, Date.now()) + rest;
  const text = shown + sentView(sent ?? []);
  const told = { ...(sent === undefined ? {} : { sent }), ...(paused ? { paused } : {}) };
  const taken = { ...fields, messages, more, ...told };
  try {
    await writeOut(json ? `${plainJson(taken)}\n` : text);
  } catch (error) {
    await handed.release();
    throw unshown(error);
  }
  await confirmed(() => handed.confirm());
  return messages.length === 0 ? noneCode : exitCodes.ok;
}

function unshown(error: unknown): unknown {
  if (!(error instanceof Deno.errors.BrokenPipe)) return error;
  const message = "stdout was closed before the messages were shown: they are queued again";
  return new HustingsError("internal", message, { cause: error });
}

async function confirmed(confirm: () => Promise<void>): Promise<void> {
  try {
    await confirm();
  } catch (error) {
    await writeError("These messages could not be noted as read: they will come once more.\n");
    throw error;
  }
}
