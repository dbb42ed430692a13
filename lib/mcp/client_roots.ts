import type { Server } from "@modelcontextprotocol/sdk/server";
import { fileURLToPath } from "node:url";
import { mcpLimits } from "./mcp_limits.ts";
import { mcpLog } from "./mcp_log.ts";

/** The directories that the client says it works in (MCP's roots), asked for when they are first needed. */
export class ClientRoots {
  readonly #server: Server;
  #known: Promise<string[]> | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Empty where the client tells none, or not in time; then they are asked for again. */
  directories(): Promise<string[]> {
    if (this.#server.getClientCapabilities()?.roots === undefined) return Promise.resolve([]);
    return this.#known ??= this.#ask();
  }

  /** The client has said that there are others now. */
  changed(): void {
    this.#known = undefined;
  }

  async #ask(): Promise<string[]> {
    try {
      const { roots } = await this.#server.listRoots(undefined, { timeout: mcpLimits.rootsMs });
      return roots.flatMap(({ uri }) => pathOf(uri));
    } catch (error) {
      mcpLog(`roots: ${error}`);
      this.#known = undefined;
      return [];
    }
  }
}

/** None where `uri` names no path of this machine: the other roots hold all the same. */
function pathOf(uri: string): string[] {
  try {
    return [fileURLToPath(uri)];
  } catch (error) {
    mcpLog(`root ${uri}: ${error}`);
    return [];
  }
}
