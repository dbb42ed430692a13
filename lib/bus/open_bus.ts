import type { ElectionState } from "../core/election.ts";
import { ourVersions } from "../core/handshake.ts";
import type { VersionRange } from "../core/handshake.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import { Member } from "../member/member.ts";
import { networkFileSystem } from "../member/network_file_system.ts";
import { macOf, readSecret } from "../member/secret.ts";
import { SocketWorld } from "../member/socket_world.ts";
import { openStateDirectory, stateDirectoryPath } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import type { Bus } from "./bus.ts";
import { busPorts } from "./bus_ports.ts";
import { MemberBus } from "./member_bus.ts";
import { namedBus } from "./named_bus.ts";
import { rehearse } from "./rehearse.ts";

/**
 * Opens the bus that the environment names: the one on a server (`namedBus`), or else the one of this
 * machine, as `openEmbedded` does. Never throws.
 */
export function openBus(): Bus {
  return namedBus() ?? openEmbedded();
}

/**
 * Opens the bus of this machine (`HUSTINGS_HOME`, `HUSTINGS_PORT`) and begins the race at
 * once, with the protocol `versions` of this build unless others are given; `onState` is told how it goes.
 * Never throws: what is wrong with the environment is what every call then rejects with.
 */
export function openEmbedded(
  versions = ourVersions,
  onState: (state: ElectionState) => void = () => {},
): Bus {
  return new MemberBus({
    member: startMember({ versions, onState }),
    clock: systemClock,
    random: systemRandom,
    pid: Deno.pid,
  });
}

/**
 * The same; `raced` resolves when this process leads or follows, or cannot, and at the latest after
 * `limits.raceFirstMs`: who has more to load lets the race go first.
 */
export function raceForBus(): { bus: Bus; raced: Promise<void> } {
  const { promise: raced, resolve } = Promise.withResolvers<void>();
  systemClock.after(limits.raceFirstMs, resolve);
  const bus = openEmbedded(ourVersions, ({ kind }) => {
    if (kind === "leading" || kind === "following" || kind === "stopped") resolve();
  });
  return { bus, raced };
}

export interface StartOptions {
  readonly versions?: VersionRange;
  readonly onState: (state: ElectionState) => void;
  /** It is there to be the broker, as `Member` has it. */
  readonly standing?: boolean;
}

/**
 * Starts this process's part in the bus that the environment names; rejects with what is wrong with that,
 * or with the state directory.
 */
export async function startMember(
  { versions = ourVersions, onState, standing = false }: StartOptions,
): Promise<Member> {
  const env = (name: string) => Deno.env.get(name);
  const path = stateDirectoryPath({ os: Deno.build.os, env });
  const directory = openStateDirectory(path, await networkFileSystem(path));
  const mac = await macOf(readSecret(directory.secret, systemRandom));
  const ports = busPorts(env("HUSTINGS_PORT"));
  const options = {
    clock: systemClock,
    pid: Deno.pid,
    credentials: { mac, random: systemRandom, versions },
  };
  const rehearseLater = onceFollowing(() => rehearse(options).catch(ignoreWantOfPorts));
  const log = env("HUSTINGS_LOG") ? logState : () => {};
  const member = new Member({
    world: new SocketWorld({ ...options, directory, firstPort: ports[0]! }),
    ports,
    clock: systemClock,
    random: systemRandom,
    standing,
    onState: (state) => {
      log(state);
      onState(state);
      rehearseLater(state);
    },
  });
  member.start();
  return member;
}

/** Calls `act` once, some time after this process began to follow a broker. */
function onceFollowing(act: () => void): (state: ElectionState) => void {
  let isPlanned = false;
  return ({ kind }) => {
    if (isPlanned || kind !== "following") return;
    isPlanned = true;
    systemClock.after(limits.rehearsalMs * (1 + systemRandom.fraction()), act);
  };
}

/** A takeover is a little slower without a rehearsal; nothing else depends on one. */
function ignoreWantOfPorts(error: unknown): void {
  if (error instanceof InvariantViolation) throw error;
}

function logState(state: ElectionState): void {
  const facts = "epoch" in state ? ` on port ${state.port}, epoch ${state.epoch}` : "";
  const why = state.kind === "stopped" ? `: ${state.error.message}` : "";
  const line = `hustings ${Deno.pid}: ${state.kind}${facts}${why}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}
