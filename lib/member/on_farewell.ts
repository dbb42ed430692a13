import { limits } from "../core/limits.ts";
import { farewellSignals } from "./farewell_signals.ts";

/** Where signals come from; tests have their own. */
export interface Signals {
  readonly os: typeof Deno.build.os;
  listen(signal: Deno.Signal, fn: () => void): void;
}

/**
 * Calls `leave` once when the process is told to go (SIGTERM, SIGINT, SIGHUP) and then exits with
 * `exitCode`, after `limits.resignMs` at the latest: clients kill soon after they asked. SIGTSTP is taken and
 * ignored, so that Ctrl-Z in one agent's terminal does not stop the bus for all.
 */
export function onFarewell(
  leave: () => Promise<void>,
  exitCode = 0,
  signals: Signals = { os: Deno.build.os, listen: Deno.addSignalListener },
): void {
  let going = false;
  const go = () => {
    if (going) return;
    going = true;
    setTimeout(() => Deno.exit(exitCode), limits.resignMs);
    leave().finally(() => Deno.exit(exitCode));
  };
  const { os, listen } = signals;
  for (const signal of farewellSignals(os)) listen(signal, go);
  if (os !== "windows") listen("SIGTSTP", () => {});
}
