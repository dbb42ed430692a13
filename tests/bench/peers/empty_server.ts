// An MCP server with nothing in it: what the library and the runtime cost by themselves.
// @ts-types="@modelcontextprotocol/sdk/server/index"
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
// @ts-types="@modelcontextprotocol/sdk/server/stdio"
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new Server({ name: "empty", version: "1.0.0" }, { capabilities: { tools: {} } });
await server.connect(new StdioServerTransport());
