import { limits } from "../core/limits.ts";

/**
 * Calls `leave` once when the process is told to go (SIGTERM, SIGINT, SIGHUP) and then exits with 0,
 * after `limits.resignMs` at the latest: clients kill soon after they asked. SIGTSTP is taken and
 * ignored, so that Ctrl-Z in one agent's terminal does not stop the bus for all.
 */
export function onFarewell(leave: () => Promise<void>): void {
  let going = false;
  const go = () => {
    if (going) return;
    going = true;
    setTimeout(() => Deno.exit(0), limits.resignMs);
    leave().finally(() => Deno.exit(0));
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
