import type { Message } from "../../lib/core/types.ts";

/** A message that waits for the agent of a hook. */
export const queuedMessage: Message = {
  id: 7,
  from: "gemini-shop",
  to: ["claude-shop"],
  atMs: 0,
  text: "ship it",
  thread: 7,
};
