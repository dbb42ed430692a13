import type { Holder } from "../core/election.ts";

/** Writes where a broker is, whole or not at all. */
export function writeEndpoint(path: string, endpoint: Holder): void {
  const draft = `${path}.${endpoint.pid}`;
  Deno.writeTextFileSync(draft, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 });
  Deno.renameSync(draft, path);
}

/** What the file says, or undefined where there is none or it is no endpoint: it is only a hint. */
export function readEndpoint(path: string): Holder | undefined {
  try {
    const { port, pid, epoch } = JSON.parse(Deno.readTextFileSync(path)) as Record<string, unknown>;
    const fits = Number.isSafeInteger(pid) && Number.isSafeInteger(epoch) &&
      Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536;
    return fits ? { port, pid, epoch } as Holder : undefined;
  } catch {
    return undefined;
  }
}
