import { limits } from "../core/limits.ts";

/**
 * Calls `leave` once when the process is told to go (SIGTERM, SIGINT, SIGHUP) and then exits with
 * `exitCode`, after `limits.resignMs` at the latest: clients kill soon after they asked. SIGTSTP is taken and
 * ignored, so that Ctrl-Z in one agent's terminal does not stop the bus for all.
 */
export function onFarewell(leave: () => Promise<void>, exitCode = 0): void {
  let going = false;
  const go = () => {
    if (going) return;
    going = true;
    setTimeout(() => Deno.exit(exitCode), limits.resignMs);
    leave().finally(() => Deno.exit(exitCode));
  };
  const windows = Deno.build.os === "windows";
  const farewells: Deno.Signal[] = windows ? ["SIGINT", "SIGBREAK"] : [
    "SIGTERM",
    "SIGINT",
    "SIGHUP",
  ];
  for (const signal of farewells) Deno.addSignalListener(signal, go);
  if (!windows) Deno.addSignalListener("SIGTSTP", () => {});
}
