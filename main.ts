// `hustings` alone, started by an AI client, serves MCP; every other way to call it is a verb of the
// terminal. The race for the port comes first: what only MCP or the terminal needs loads meanwhile.
import { openBus } from "./lib/bus/open_bus.ts";
import { onFarewell } from "./lib/member/on_farewell.ts";

if (Deno.args.length === 0 && !Deno.stdin.isTerminal()) {
  const bus = openBus();
  onFarewell(() => bus.leave());
  const { serveMcp } = await import("./lib/mcp/serve_mcp.ts");
  await serveMcp(bus);
  await bus.leave();
  Deno.exit(0);
} else {
  const { runCli } = await import("./lib/cli/run_cli.ts");
  Deno.exit(await runCli(Deno.args));
}
