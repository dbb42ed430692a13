const encoder = new TextEncoder();
/** Read once: later this process may not read its environment any more. */
const isOn = (Deno.env.get("HUSTINGS_LOG") ?? "") !== "";

/** Writes one line to stderr where `HUSTINGS_LOG` is set: stdout carries MCP alone. Never throws. */
export function mcpLog(line: string): void {
  if (!isOn) return;
  try {
    Deno.stderr.writeSync(encoder.encode(`hustings: ${line}\n`));
  } catch {
    // A client that closed our stderr does not want to know.
  }
}
