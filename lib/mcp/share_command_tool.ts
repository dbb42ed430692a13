import * as z from "zod";
import { runAllowedCommand } from "../agents/run_allowed_command.ts";
import type { CommandOutput } from "../agents/run_allowed_command.ts";
import { limits } from "../core/limits.ts";
import { mcpLimits } from "./mcp_limits.ts";
import { receiptFields, receiptText } from "./receipt_view.ts";
import { recipientsArgument, recipientsOf } from "./recipients_argument.ts";
import type { Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";

/**
 * `share_command`: runs one of the commands that the user has allowed and sends its output. The model
 * chooses by name and adds nothing to the command. `env`: all that the command sees of the environment.
 */
export function shareCommandTool(
  commands: ReadonlyMap<string, readonly string[]>,
  env: Readonly<Record<string, string>>,
): Tool {
  const names = [...commands.keys()];
  return makeTool({
    name: "share_command",
    description: "Run a command your user has allowed and send its output.",
    input: z.strictObject({
      to: recipientsArgument(),
      command: nameArgument(names),
      note: z.string("must be a text").optional(),
    }),
    annotations: {},
    actsOutside: true,
    run: async ({ to, command, note }, call) => {
      const words = commands.get(command)!;
      const place = { directory: call.session.directory, env };
      const output = await runAllowedCommand(words, place, call.signal);
      const ended = howItEnded(output);
      const head = `Command ${words.join(" ")} (${ended}):`;
      const text = [...(note === undefined ? [] : [note]), head, output.text].join("\n\n");
      const receipt = await call.session.bus.send({ to: recipientsOf(to), text }, call.signal);
      const nowMs = call.nowMs();
      return {
        fields: { ended, ...receiptFields(receipt, nowMs) },
        text: `The command ended with ${ended}. ${receiptText(receipt, nowMs)}`,
      };
    },
  });
}

/** One of `names`; a long list of them is told only to who gives another one: it costs context. */
function nameArgument(names: readonly string[]) {
  const must = `must be one of ${names.join(", ")}`;
  const isShort = JSON.stringify(names).length <= mcpLimits.listedCommandBytes;
  const argument = z.enum(names as [string, ...string[]], must);
  return isShort ? argument : argument.meta({ enum: undefined });
}

function howItEnded({ code, isCut }: CommandOutput): string {
  const end = code === undefined
    ? `ended after ${limits.sharedCommandMs / 1000} s`
    : `exit code ${code}`;
  return isCut ? `${end}, output cut after ${limits.sharedOutputBytes / 1024} KiB` : end;
}
