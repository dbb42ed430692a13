import { toHustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { AttendResult } from "../core/types.ts";
import { stateDirectoryPath, stateFiles } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import { BrokerLine } from "./broker_line.ts";
import type { Attendant, AttendIdentity, CheckOptions, Handed } from "./bus.ts";
import { busUrl } from "./bus_url.ts";
import { attendNats } from "./nats/attend_nats.ts";
import { busPorts } from "./bus_ports.ts";
import { findBroker } from "./find_broker.ts";
import { wholeWaitMs } from "./whole_wait_ms.ts";

/**
 * Speaks for a session on the bus that the environment names (`HUSTINGS_HOME`, `HUSTINGS_PORT`), for a
 * process that is none of its members and never becomes its broker. Undefined where no broker answers
 * within `limits.attendMs`, or it knows neither the session `first` nor, asked then, the one of `second`.
 * Never rejects.
 */
export async function attendBus(
  first: AttendIdentity,
  second?: () => Promise<AttendIdentity>,
): Promise<Attendant | undefined> {
  let line: BrokerLine | undefined;
  try {
    const named = busUrl();
    if (named !== undefined) return await attendNats(named.url, first, second);
    const env = (name: string) => Deno.env.get(name);
    const found = await findBroker({
      directory: stateFiles(stateDirectoryPath({ os: Deno.build.os, env })),
      ports: busPorts(env("HUSTINGS_PORT")),
      clock: systemClock,
      random: systemRandom,
    });
    if (found === undefined) return undefined;
    line = new BrokerLine(found.conn, systemClock);
    return attendant(line, await attend(line, first, second));
  } catch {
    // Whatever it is, members of the bus are told of it and tell their users.
    line?.close();
    return undefined;
  }
}

async function attend(
  line: BrokerLine,
  first: AttendIdentity,
  second: (() => Promise<AttendIdentity>) | undefined,
): Promise<AttendResult> {
  const ask = (identity: AttendIdentity) =>
    line.request({ op: "attend", instance: crypto.randomUUID(), ...identity }).reply;
  try {
    return await ask(first);
  } catch (error) {
    if (second === undefined || toHustingsError(error).code === "bus_down") throw error;
    return await ask(await second());
  }
}

function attendant(line: BrokerLine, { name, unread }: AttendResult): Attendant {
  return {
    name,
    unread,
    check: (options) => check(line, options),
    watch: ({ waitMs, after }) =>
      line.request({ op: "watch", waitMs: wholeWaitMs(waitMs, limits.watchMs), after }).reply,
    leave: () => line.close(),
  };
}

async function check(line: BrokerLine, options: CheckOptions): Promise<Handed> {
  const waitMs = wholeWaitMs(options.waitMs, limits.waitMs);
  const { id, reply } = line.request({ op: "check", ...options, waitMs });
  const found = await reply;
  const messages = found.messages.map((message) => message.id);
  return {
    ...found,
    confirm: async () => {
      if (messages.length > 0) await line.request({ op: "ack", messages }).reply;
    },
    release: async () => {
      if (messages.length > 0) await line.request({ op: "release", request: id }).reply;
    },
  };
}
