import { clients } from "../../lib/agents/clients.ts";
import { tools } from "../../lib/mcp/tools.ts";

/** What every package and registry says of the program, written down once. */
export const about = {
  name: "hustings",
  title: "Hustings",
  /** At most 100 characters: the MCP registry takes no more. */
  description: "AI coding agents of any vendor on one machine find each other and send messages.",
  longDescription:
    "Every agent starts the same program as its MCP server. The first of these processes is the " +
    "broker, the others follow it, and one of them takes over when it ends: no service to install, " +
    "no configuration. A message with a receipt is on disk.",
  author: "the Hustings authors",
  license: "MIT",
  /** Owner and name on GitHub: releases come from there, and the MCP registry's name is made of them. */
  repository: "hustings/hustings",
  keywords: ["agents", "messages", "mcp", "collaboration"],
} as const;

/** Where the repository is. */
export const home = `https://github.com/${about.repository}`;

/** Where the files of a release are. */
export function releaseUrl(version: string): string {
  return `${home}/releases/download/v${version}`;
}

/** Name and description of every tool that an agent always has, as `tools/list` tells them. */
export function toolList(): { readonly name: string; readonly description: string }[] {
  const none = { home: "", allowed: { commands: new Map() }, commandEnv: {} };
  return tools(clients[0]!, none).map(({ name, listing }) => ({
    name,
    description: String(listing["description"]),
  }));
}
