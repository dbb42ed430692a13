import type { Clock, Random } from "../core/clock.ts";
import { limits } from "../core/limits.ts";
import { readEndpoint } from "../member/endpoint_file.ts";
import { look } from "../member/look.ts";
import type { SocketSight } from "../member/look.ts";
import { macOf, readSecretIfMade } from "../member/secret.ts";
import { checkOwn } from "../member/state_directory.ts";
import type { StateDirectory } from "../member/state_directory.ts";

export interface FindOptions {
  readonly directory: StateDirectory;
  readonly ports: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
  /** How a port is looked at; tests have their own. */
  readonly look?: typeof look;
}

/** A proven connection to a broker. */
export interface FoundBroker {
  readonly conn: Deno.TcpConn;
  readonly epoch: number;
}

/**
 * A proven connection to the broker of this bus, found by a caller that takes no part in it: it makes no
 * file, binds no port and claims nothing. Asks where a broker was last published, then all the other
 * ports at once. Undefined where none answers within `limits.attendMs`; rejects as `checkOwn` throws.
 */
export async function findBroker(
  { directory, ports, clock, random, look: lookAt = look }: FindOptions,
): Promise<FoundBroker | undefined> {
  const secret = readSecretIfMade(directory.secret);
  if (secret === undefined) return undefined;
  checkOwn(directory.path, "directory");
  const options = { clock, credentials: { mac: await macOf(secret), random } };
  const firstOf = (asked: readonly number[], patienceMs: number) =>
    firstToAnswer(asked, patienceMs, clock, (port) => lookAt(port, false, patienceMs, options));
  const hint = readEndpoint(directory.endpoint)?.port;
  const half = limits.attendMs / 2;
  const there = hint === undefined ? undefined : await firstOf([hint], half);
  return there ?? await firstOf(ports.filter((port) => port !== hint), half);
}

/**
 * The first of these ports that proves itself; what the others open is closed when it comes. Undefined
 * after `patienceMs`: Windows takes longer than that to say that nobody listens.
 */
async function firstToAnswer(
  ports: readonly number[],
  patienceMs: number,
  clock: Clock,
  lookAt: (port: number) => Promise<SocketSight>,
): Promise<FoundBroker | undefined> {
  const { promise, resolve } = Promise.withResolvers<FoundBroker | undefined>();
  let isOver = false;
  const end = (found: FoundBroker | undefined) => {
    if (isOver) return found?.conn.close();
    isOver = true;
    resolve(found);
  };
  const call = async (port: number) => {
    const { conn, event } = await lookAt(port);
    if (conn !== undefined && event.kind === "answered") end({ conn, epoch: event.epoch });
  };
  const stop = clock.after(patienceMs, () => end(undefined));
  Promise.allSettled(ports.map(call)).then(() => end(undefined));
  return await promise.finally(stop);
}
