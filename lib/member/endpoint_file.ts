import type { Holder } from "../core/election.ts";
import { replaceFile } from "../store/replace_file.ts";

/** A broker, as it says where it is. */
export interface Endpoint extends Holder {
  /** When its process started, in ms since 1970: tells it from a later one with its pid. */
  readonly startMs?: number;
  /** In which network it listens (`ownNetwork`); missing until a broker has found out. */
  readonly network?: string;
}

/** Writes where a broker is, whole or not at all. */
export function writeEndpoint(path: string, endpoint: Endpoint): void {
  const draft = `${path}.${endpoint.pid}`;
  Deno.writeTextFileSync(draft, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 });
  replaceFile(draft, path);
}

/** What the file says, or undefined where there is none or it is no endpoint: it is only a hint. */
export function readEndpoint(path: string): Endpoint | undefined {
  try {
    const said = JSON.parse(Deno.readTextFileSync(path)) as Record<string, unknown>;
    const { port, pid, epoch, startMs, network } = said;
    const fits = Number.isSafeInteger(pid) && Number.isSafeInteger(epoch) &&
      Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536;
    if (!fits) return undefined;
    const endpoint = { port, pid, epoch } as Endpoint;
    return {
      ...endpoint,
      ...(typeof startMs === "number" ? { startMs } : {}),
      ...(typeof network === "string" ? { network } : {}),
    };
  } catch {
    return undefined;
  }
}
