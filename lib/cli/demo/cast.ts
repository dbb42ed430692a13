import type { Agent } from "./agent.ts";

/** Who is on the stage after the first story. */
export interface Cast {
  /** The first to come: the broker. */
  readonly gemini: Agent;
  readonly claude: Agent;
  readonly windsurf: Agent;
}

/** The names of the three, which they have without asking: their client and the directory. */
export const castNames = {
  gemini: "gemini-shop",
  claude: "claude-shop",
  windsurf: "windsurf-shop",
} as const;
