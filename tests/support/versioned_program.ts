// The program as an MCP server, as a build would be that speaks other versions of the protocol.
//
//   deno run -A tests/support/versioned_program.ts OLDEST NEWEST
import { openEmbedded } from "../../lib/bus/open_bus.ts";
import { serveMcp } from "../../lib/mcp/serve_mcp.ts";

const [oldest, newest] = Deno.args.map(Number) as [number, number];
const bus = openEmbedded({ oldest, newest });
await serveMcp(bus);
await bus.leave();
Deno.exit(0);
