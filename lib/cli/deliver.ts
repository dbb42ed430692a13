import type { Bus, Outgoing } from "../bus/bus.ts";
import type { Receipt } from "../core/types.ts";
import { awaitAnswer } from "./await_answer.ts";
import { exitCodes } from "./exit_codes.ts";
import type { ExitCode } from "./exit_codes.ts";
import { waitOptionMs } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { receiptView } from "./receipt_view.ts";
import { fileOption } from "./text_of.ts";
import { writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, OptionSpec } from "./verb.ts";

/** The options of verbs that send and show the receipt. */
export const deliveryOptions: Readonly<Record<string, OptionSpec>> = {
  wait: { type: "string", value: "SECONDS", help: "wait so long for the answer and show it" },
  ...busOptions,
};

/** The same for verbs whose text may come from a file. */
export const textOptions: Readonly<Record<string, OptionSpec>> = {
  ...fileOption,
  ...deliveryOptions,
};

/** What they print as JSON. */
export const receiptShape =
  `"id","atMs","recipients":[{"name","client"?,"presence":"waiting"|"here"|"away"|"nobody",
"activity"?,"activitySinceMs"?,"reach"?:"wake"|"hooks","sinceMs"?,"paused"?:true,"writtenAs"?,"near"?:[...]}]`;

/**
 * Sends, shows the receipt, and with `--wait` the answer. `shared` is what else was sent, said before
 * the receipt.
 */
export async function deliver(
  call: Call,
  bus: Bus,
  message: Outgoing,
  shared?: { readonly fields: object; readonly text: string },
): Promise<ExitCode> {
  const waitMs = waitOptionMs(call);
  const receipt: Receipt = await bus.send(message);
  await writeOut(
    call.json
      ? `${plainJson({ ...shared?.fields, ...receipt })}\n`
      : `${shared?.text ?? ""}${receiptView(receipt, Date.now())}`,
  );
  if (waitMs === undefined) return exitCodes.ok;
  return await awaitAnswer(bus, receipt.id, { waitMs, json: call.json });
}
