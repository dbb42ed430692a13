import * as z from "zod";
import { limits } from "../core/limits.ts";
import type { Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";

const nameMust = `must be a name: 1 to ${limits.nameLength} letters, digits, _ or -`;
const forwardHours = limits.forwardMs / 3600_000;

/** `rename`: changes the agent's own name. */
export function renameTool(): Tool {
  return makeTool({
    name: "rename",
    description: `Change your own name. The old one forwards to you for ${forwardHours} hours.`,
    input: z.strictObject({
      name: z.string(nameMust),
    }),
    annotations: { idempotentHint: true },
    run: async ({ name }, call) => {
      const renamed = await call.session.bus.rename(name);
      call.session.renamed(renamed.name);
      if (renamed.former === renamed.name) {
        const same = `You are ${renamed.name} already.`;
        return { fields: { name: renamed.name, note: same }, text: same };
      }
      const note = `${renamed.former} forwards to you for ${forwardHours} hours.`;
      return {
        fields: { name: renamed.name, note },
        text: `You are ${renamed.name} now. ${note}`,
      };
    },
  });
}
