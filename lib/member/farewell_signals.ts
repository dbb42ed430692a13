/**
 * The signals by which a process is told to go. Windows has no SIGTERM and no SIGHUP that every supported
 * Deno could listen for, which throws there: a client closes stdin, or the process ends at once.
 */
export function farewellSignals(os = Deno.build.os): Deno.Signal[] {
  return os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGTERM", "SIGINT", "SIGHUP"];
}
