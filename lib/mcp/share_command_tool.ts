import { z } from "zod";
import { runAllowedCommand } from "../agents/run_allowed_command.ts";
import type { CommandOutput } from "../agents/run_allowed_command.ts";
import { limits } from "../core/limits.ts";
import { receiptFields, receiptText } from "./receipt_view.ts";
import { recipientsArgument, recipientsOf } from "./recipients_argument.ts";
import type { Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";

/**
 * `share_command`: runs one of the commands that the user has allowed and sends its output. The model
 * chooses by name and adds nothing. `env`: all that the command sees of the environment.
 */
export function shareCommandTool(
  commands: ReadonlyMap<string, readonly string[]>,
  env: Readonly<Record<string, string>>,
): Tool {
  const names = [...commands.keys()] as [string, ...string[]];
  return makeTool({
    name: "share_command",
    description: "Run a command your user has allowed and send its output.",
    input: z.strictObject({
      to: recipientsArgument(),
      command: z.enum(names, `must be one of ${names.join(", ")}`),
    }),
    annotations: {},
    run: async ({ to, command }, call) => {
      const words = commands.get(command)!;
      const place = { directory: call.session.directory, env };
      const output = await runAllowedCommand(words, place);
      const text = `Command ${words.join(" ")} (${howItEnded(output)}):\n\n${output.text}`;
      const receipt = await call.session.bus.send({ to: recipientsOf(to), text }, call.signal);
      const nowMs = call.nowMs();
      const ended = howItEnded(output);
      return {
        fields: { ended, ...receiptFields(receipt, nowMs) },
        text: `The command ended with ${ended}. ${receiptText(receipt, nowMs)}`,
      };
    },
  });
}

function howItEnded({ code, isCut }: CommandOutput): string {
  const end = code === undefined
    ? `ended after ${limits.sharedCommandMs / 1000} s`
    : `exit code ${code}`;
  return isCut ? `${end}, output cut after ${limits.sharedOutputBytes / 1024} KiB` : end;
}
