import * as z from "zod";
import { sharedFileText } from "../agents/shared_file_text.ts";
import type { Outgoing } from "../bus/bus.ts";
import { receiptFields, receiptText } from "./receipt_view.ts";
import { recipientsArgument, recipientsOf } from "./recipients_argument.ts";
import { replyArgument } from "./reply_argument.ts";
import type { Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";

/** `share_file`: sends what a text file holds, with its path and type; of the directory `never`, nothing. */
export function shareFileTool(never: string): Tool {
  return makeTool({
    name: "share_file",
    description: "Send a text file of your project with its path and type.",
    input: z.strictObject({
      to: recipientsArgument(),
      path: z.string("must be the path of a file"),
      note: z.string("must be a text").optional(),
      reply_to: replyArgument(),
    }),
    annotations: {},
    run: async ({ to, path, note, reply_to: replyTo }, call) => {
      // On demand: what it knows of media types takes some milliseconds to load.
      const { readSharedFile } = await import("../agents/read_shared_file.ts");
      const directories = await call.directories();
      const file = readSharedFile(path, { directories, never });
      const { head, text } = sharedFileText(file, note);
      const message: Outgoing = {
        to: recipientsOf(to),
        text,
        ...(replyTo === undefined ? {} : { replyTo }),
      };
      const receipt = await call.session.bus.send(message, call.signal);
      const nowMs = call.nowMs();
      return {
        fields: { shared: head, ...receiptFields(receipt, nowMs) },
        text: `${head} shared. ${receiptText(receipt, nowMs)}`,
      };
    },
  });
}
