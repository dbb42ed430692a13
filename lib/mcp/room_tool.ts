import * as z from "zod";
import type { Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";

/** `room`: enters or leaves a room, to which everyone can send. */
export function roomTool(): Tool {
  return makeTool({
    name: "room",
    description: "Enter a room, or leave it. You are in your repository's room already.",
    input: z.strictObject({
      name: z.string("must be the name of a room, such as #release"),
      leave: z.boolean("must be true or false").optional(),
    }),
    annotations: { idempotentHint: true },
    run: async ({ name, leave = false }, call) => {
      const { room, inside, members } = await call.session.bus.room(name, !leave);
      const others = members.filter((member) => member !== call.session.name);
      const who = others.length === 0 ? "nobody else" : others.join(", ");
      const text = inside
        ? `You are in ${room}, with ${who}. Send to ${room} to reach all of them.`
        : `You are not in ${room} any more; in it: ${who}.`;
      return { fields: { room, inside, others }, text };
    },
  });
}
