import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import type { ElectionEvent } from "../core/election.ts";
import type { VersionRange } from "../core/handshake.ts";
import { ourVersions } from "../core/handshake.ts";
import { limits } from "../core/limits.ts";
import { loopback } from "./loopback.ts";
import { openAsCaller } from "./open_connection.ts";
import type { Credentials } from "./open_connection.ts";

/** How a look at a port ended, with the socket that it opened. */
export interface SocketSight {
  readonly event: ElectionEvent;
  readonly listener?: Deno.TcpListener;
  readonly conn?: Deno.TcpConn;
}

export interface LookOptions {
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** How much longer to wait, in ms, for who was silent for all of `waitedMs`; 0 where this is missing. */
  readonly extend?: (waitedMs: number) => number;
  /** How a port is bound; tests have their own. */
  readonly listen?: (port: number) => Deno.TcpListener;
  readonly os?: typeof Deno.build.os;
}

/**
 * Binds the port where `bind` asks for it and nobody has it; otherwise shakes hands with who
 * listens there, for at most `patienceMs` and what `extend` adds.
 */
export async function look(
  port: number,
  bind: boolean,
  patienceMs: number,
  options: LookOptions,
): Promise<SocketSight> {
  if (bind) {
    try {
      const { listen = listenOn } = options;
      return { event: { kind: "bound", port }, listener: listen(port) };
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) {
        const { os = Deno.build.os } = options;
        const what = "reserved by the system";
        return { event: { kind: "foreign", port, what, cure: seeReserved(os) } };
      }
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return await shake(port, patienceMs, options);
}

function listenOn(port: number): Deno.TcpListener {
  return Deno.listen({ hostname: loopback, port });
}

/** Windows (error 10013) keeps whole ranges for Hyper-V, containers and WSL; elsewhere the first ports are those of root. */
function seeReserved(os: typeof Deno.build.os): string {
  return os === "windows"
    ? "'netsh interface ipv4 show excludedportrange protocol=tcp' shows what Windows keeps to itself"
    : "ports below 1024 belong to root";
}

/** A broker that is going closes connections unanswered; a program that always does is foreign. */
const closedTries = 3;

async function shake(
  port: number,
  patienceMs: number,
  options: LookOptions,
): Promise<SocketSight> {
  for (let tries = 1;; tries++) {
    const sight = await shakeOnce(port, patienceMs, options);
    if (sight !== "closed") return sight;
    if (tries === closedTries) {
      return {
        event: { kind: "foreign", port, what: "a program that closes connections at once" },
      };
    }
  }
}

async function shakeOnce(
  port: number,
  patienceMs: number,
  { clock, credentials, extend }: LookOptions,
): Promise<SocketSight | "closed"> {
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({ hostname: loopback, port });
  } catch {
    return { event: { kind: "vanished", port } };
  }
  let silent = false;
  let waitedMs = 0;
  let stop = () => {};
  // The connection stays: a broker that is slow would have to begin with another one again.
  const wait = (forMs: number) => {
    stop = afterAwake(clock, forMs, () => {
      waitedMs += forMs;
      const moreMs = extend?.(waitedMs) ?? 0;
      if (moreMs > 0) return wait(moreMs);
      silent = true;
      conn.close();
    });
  };
  wait(patienceMs);
  try {
    const opening = await openAsCaller(conn, port, credentials);
    // Both in one turn of the event loop: the connection is closed already.
    if (silent) return { event: { kind: "silent", port } };
    if (opening.kind === "answered") {
      const { epoch } = opening.answer;
      return { event: { kind: "answered", port, epoch }, conn };
    }
    conn.close();
    if (opening.kind === "closed") return "closed";
    return { event: refusal(port, opening, credentials.versions ?? ourVersions) };
  } catch {
    if (silent) return { event: { kind: "silent", port } };
    conn.close();
    return "closed";
  } finally {
    stop();
  }
}

/**
 * Calls `fn` after `delayMs`. A timer that comes late shows that this process was stopped, or that
 * the machine slept and the other side with it: then it has the whole time again.
 */
function afterAwake(clock: Clock, delayMs: number, fn: () => void): () => void {
  let stop = () => {};
  const arm = () => {
    const dueMs = clock.monotonicMs() + delayMs;
    stop = clock.after(delayMs, () => {
      if (clock.monotonicMs() - dueMs > limits.pauseShownMs) arm();
      else fn();
    });
  };
  arm();
  return () => stop();
}

function refusal(
  port: number,
  opening: { kind: "foreign"; what: string } | {
    kind: "version";
    answer: { versions: VersionRange };
  },
  ours: VersionRange,
): ElectionEvent {
  if (opening.kind === "foreign") return { kind: "foreign", port, what: opening.what };
  const theirs = opening.answer.versions;
  const error = new HustingsError(
    "version",
    `The broker on port ${port} speaks protocol ${theirs.oldest} to ${theirs.newest}, this build ` +
      `${ours.oldest} to ${ours.newest}: update hustings for the older of the two agents`,
  );
  return { kind: "refused", error };
}
