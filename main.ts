// `hustings` alone, started by an AI client, serves MCP; every other way to call it is a verb of the
// terminal. The race for the port comes first: what only MCP or the terminal needs loads afterwards. Where
// the bus is on a server there is no race, and nothing of it is loaded. A hook takes no part in the race,
// and its client waits for it: it loads nothing but itself.
if (Deno.args[0] === "hook" && /^[^-]/.test(Deno.args[1] ?? "")) {
  const { runHook } = await import("./lib/cli/hook/run_hook.ts");
  Deno.exit(await runHook(Deno.args.slice(1)));
} else if (Deno.args.length === 0 && !Deno.stdin.isTerminal()) {
  const { onFarewell } = await import("./lib/member/on_farewell.ts");
  const { namedBus } = await import("./lib/bus/named_bus.ts");
  let bus = namedBus();
  let raced;
  if (bus === undefined) {
    const { raceForBus } = await import("./lib/bus/open_bus.ts");
    ({ bus, raced } = raceForBus());
  }
  onFarewell(() => bus.leave());
  await raced;
  const { serveMcp } = await import("./lib/mcp/serve_mcp.ts");
  const { dropPrivileges } = await import("./lib/mcp/drop_privileges.ts");
  await serveMcp(bus, { onJoined: dropPrivileges });
  await bus.leave();
  Deno.exit(0);
} else {
  const { runCli } = await import("./lib/cli/run_cli.ts");
  const code = await runCli(Deno.args, {
    dashboard: async (call) => {
      const { openDashboard } = await import("./lib/web/open_dashboard.ts");
      return await openDashboard(call);
    },
  });
  Deno.exit(code);
}
