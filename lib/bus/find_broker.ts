import type { Clock, Random } from "../core/clock.ts";
import { limits } from "../core/limits.ts";
import { readEndpoint } from "../member/endpoint_file.ts";
import { look } from "../member/look.ts";
import type { LookOptions } from "../member/look.ts";
import { macOf, readSecretIfMade } from "../member/secret.ts";
import { checkOwn } from "../member/state_directory.ts";
import type { StateDirectory } from "../member/state_directory.ts";

export interface FindOptions {
  readonly directory: StateDirectory;
  readonly ports: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A proven connection to the broker of this bus, found by a caller that takes no part in it: it makes no
 * file, binds no port and claims nothing. Asks where a broker was last published, then all the other
 * ports at once. Undefined where none answers within `limits.attendMs`; rejects as `checkOwn` throws.
 */
export async function findBroker(
  { directory, ports, clock, random }: FindOptions,
): Promise<Deno.TcpConn | undefined> {
  const secret = readSecretIfMade(directory.secret);
  if (secret === undefined) return undefined;
  checkOwn(directory.path, "directory");
  const options = { clock, credentials: { mac: await macOf(secret), random } };
  const hint = readEndpoint(directory.endpoint)?.port;
  const half = limits.attendMs / 2;
  const there = hint === undefined ? undefined : await firstOf([hint], half, options);
  return there ?? await firstOf(ports.filter((port) => port !== hint), half, options);
}

/** The first of these ports that proves itself; what the others open is closed when it comes. */
async function firstOf(
  ports: readonly number[],
  patienceMs: number,
  options: LookOptions,
): Promise<Deno.TcpConn | undefined> {
  const { promise, resolve } = Promise.withResolvers<Deno.TcpConn | undefined>();
  let found = false;
  const call = async (port: number) => {
    const { conn } = await look(port, false, patienceMs, options);
    if (conn === undefined) return;
    if (found) return conn.close();
    found = true;
    resolve(conn);
  };
  Promise.allSettled(ports.map(call)).then(() => resolve(undefined));
  return await promise;
}
