import * as z from "zod";
import type { ClientProfile } from "../agents/clients.ts";
import type { Outgoing } from "../bus/bus.ts";
import { toHustingsError } from "../core/errors.ts";
import type { Receipt } from "../core/types.ts";
import { messageFields, messageText, provenance } from "../agents/message_view.ts";
import { deliveryText, receiptFields, receiptText } from "./receipt_view.ts";
import { recipientsArgument, recipientsOf } from "./recipients_argument.ts";
import { replyArgument } from "./reply_argument.ts";
import type { Outcome, Tool, ToolCall } from "./tool.ts";
import { makeTool } from "./tool.ts";
import { waitArgument } from "./wait_argument.ts";
import { waitFor } from "./wait_for.ts";

const textMust = "must be the text to send";

/** `send`: puts a message on the bus and, if asked, waits for the answer to it. */
export function sendTool(client: ClientProfile): Tool {
  return makeTool({
    name: "send",
    description:
      "Send a message to other AI agents. Returns once it is on disk and says when each " +
      "recipient will see it.",
    input: z.strictObject({
      to: recipientsArgument().optional()
        .describe("Names, #rooms, or * for everyone; needless in a reply"),
      text: z.string(textMust),
      reply_to: replyArgument().describe("Id of the message answered"),
      wait_s: waitArgument("the reply", client),
    }),
    annotations: {},
    alwaysLoad: true,
    run: async (args, call) => {
      const message: Outgoing = {
        to: recipientsOf(args.to ?? []),
        text: args.text,
        ...(args.reply_to === undefined ? {} : { replyTo: args.reply_to }),
      };
      const receipt = await call.session.bus.send(message, call.signal);
      const sent = {
        fields: receiptFields(receipt, call.nowMs()),
        text: receiptText(receipt, call.nowMs()),
      };
      if (args.wait_s === undefined || args.wait_s === 0) return sent;
      const reply = await replyWithin(receipt, args.wait_s, call);
      return {
        fields: { ...sent.fields, ...reply.fields },
        text: `${sent.text}\n\n${reply.text}`,
      };
    },
  });
}

/** The message is on disk whatever happens here: no failure of the wait may look like one of the send. */
async function replyWithin(receipt: Receipt, waitS: number, call: ToolCall): Promise<Outcome> {
  try {
    const { result, length } = await waitFor(call, "the reply", waitS, receipt.id);
    if (result.messages.length === 0) {
      const none = `No reply came in ${length}. ${await stateOf(receipt, call)}` +
        "The reply will come with a later check.";
      return { fields: { reply: none }, text: none };
    }
    const nowMs = call.nowMs();
    return {
      fields: {
        note: provenance,
        replies: result.messages.map((message) => messageFields(message, nowMs)),
      },
      text: [
        `Reply. ${provenance}`,
        ...result.messages.map((message) => messageText(message, nowMs)),
      ].join("\n\n"),
    };
  } catch (error) {
    const why = `The wait for the reply ended early: ${toHustingsError(error).message}. ` +
      "The message stays sent; the reply will come with a later check.";
    return { fields: { reply: why }, text: why };
  }
}

async function stateOf(receipt: Receipt, call: ToolCall): Promise<string> {
  const { entries } = await call.session.bus.history({ limit: 1, before: receipt.id + 1 });
  const own = entries.find((entry) => entry.id === receipt.id);
  return own === undefined ? "" : `Your message: ${deliveryText(own.to, call.nowMs())}. `;
}
