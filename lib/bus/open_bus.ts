import type { Random } from "../core/clock.ts";
import type { ElectionState } from "../core/election.ts";
import { HustingsError } from "../core/errors.ts";
import { ourVersions } from "../core/handshake.ts";
import type { VersionRange } from "../core/handshake.ts";
import { limits } from "../core/limits.ts";
import { Member } from "../member/member.ts";
import { macOf, readSecret } from "../member/secret.ts";
import { SocketWorld } from "../member/socket_world.ts";
import { openStateDirectory, stateDirectoryPath } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import type { Bus } from "./bus.ts";
import { MemberBus } from "./member_bus.ts";

const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
};

/**
 * Opens the bus that the environment names (`HUSTINGS_HOME`, `HUSTINGS_PORT`) and begins the race at
 * once, with the protocol `versions` of this build unless others are given. Never throws: what is wrong with the environment is what every call then rejects with.
 */
export function openBus(versions = ourVersions): Bus {
  return new MemberBus({
    member: startMember(versions),
    clock: systemClock,
    random: systemRandom,
    pid: Deno.pid,
  });
}

async function startMember(versions: VersionRange): Promise<Member> {
  const env = (name: string) => Deno.env.get(name);
  const directory = openStateDirectory(stateDirectoryPath({ os: Deno.build.os, env }));
  const mac = await macOf(readSecret(directory.secret, systemRandom));
  const ports = busPorts(env("HUSTINGS_PORT"));
  const member = new Member({
    world: new SocketWorld({
      directory,
      pid: Deno.pid,
      firstPort: ports[0]!,
      clock: systemClock,
      credentials: { mac, random: systemRandom, versions },
    }),
    ports,
    clock: systemClock,
    random: systemRandom,
    onState: env("HUSTINGS_LOG") ? logState : () => {},
  });
  member.start();
  return member;
}

/** The ports of the bus from `base` on. Throws `bad_request` when `base` leaves no room for ten ports. */
function busPorts(base: string | undefined): number[] {
  const first = base === undefined || base === "" ? limits.basePort : Number(base);
  const last = 65_535 - limits.portCount + 1;
  if (!Number.isInteger(first) || first < 1 || first > last) {
    throw new HustingsError(
      "bad_request",
      `HUSTINGS_PORT is '${base}': give the first of ten ports, from 1 to ${last}`,
    );
  }
  return Array.from({ length: limits.portCount }, (_, index) => first + index);
}

function logState(state: ElectionState): void {
  const facts = "epoch" in state ? ` on port ${state.port}, epoch ${state.epoch}` : "";
  const why = state.kind === "stopped" ? `: ${state.error.message}` : "";
  const line = `hustings ${Deno.pid}: ${state.kind}${facts}${why}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}
