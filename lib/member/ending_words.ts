/** The command that ends process `pid` whatever it does, for a person to type. */
export function endCommand(pid: number, os = Deno.build.os): string {
  return os === "windows" ? `taskkill /F /PID ${pid}` : `kill -9 ${pid}`;
}

/** What to do about a process that is stopped. Windows has no command that lets one go on. */
export function aboutStopped(pid: number, os = Deno.build.os): string {
  const end = `end it (${endCommand(pid, os)})`;
  return os === "windows" ? end : `let it go on (kill -CONT ${pid}) or ${end}`;
}
