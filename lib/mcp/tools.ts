import type { ClientProfile } from "../agents/clients.ts";
import { checkTool } from "./check_tool.ts";
import { historyTool } from "./history_tool.ts";
import { listTool } from "./list_tool.ts";
import type { OwnSurroundings } from "./own_surroundings.ts";
import { renameTool } from "./rename_tool.ts";
import { roomTool } from "./room_tool.ts";
import { sendTool } from "./send_tool.ts";
import { shareCommandTool } from "./share_command_tool.ts";
import { shareFileTool } from "./share_file_tool.ts";
import type { Tool } from "./tool.ts";

/** The tools as the model inside `client` gets them; one for commands only where the user has allowed some. */
export function tools(
  client: ClientProfile,
  { home, allowed, commandEnv }: Pick<OwnSurroundings, "home" | "allowed" | "commandEnv">,
): Tool[] {
  const { commands } = allowed;
  return [
    sendTool(client),
    checkTool(client),
    listTool(),
    shareFileTool(home),
    ...(commands.size > 0 ? [shareCommandTool(commands, commandEnv)] : []),
    roomTool(),
    renameTool(),
    historyTool(),
  ];
}
