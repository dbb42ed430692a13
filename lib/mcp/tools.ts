import type { ClientProfile } from "../agents/clients.ts";
import { checkTool } from "./check_tool.ts";
import { historyTool } from "./history_tool.ts";
import { listTool } from "./list_tool.ts";
import { renameTool } from "./rename_tool.ts";
import { sendTool } from "./send_tool.ts";
import type { Tool } from "./tool.ts";

/** The tools as the model inside `client` gets them. */
export function tools(client: ClientProfile): Tool[] {
  return [sendTool(client), checkTool(client), listTool(), renameTool(), historyTool()];
}
