import { MemberBus } from "../../lib/bus/member_bus.ts";
import { Member } from "../../lib/member/member.ts";
import { macOf, readSecret } from "../../lib/member/secret.ts";
import { SocketWorld } from "../../lib/member/socket_world.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import type { BusPlace } from "../support/raw_agent.ts";

/** A member in this process, called `name`, of a bus whose broker is another one. */
export async function benchMember(place: BusPlace, name: string): Promise<MemberBus> {
  const directory = openStateDirectory(place.home, false);
  const mac = await macOf(readSecret(directory.secret, systemRandom));
  const options = { clock: systemClock, random: systemRandom, pid: Deno.pid };
  const credentials = { mac, random: systemRandom };
  const world = new SocketWorld({ ...options, directory, firstPort: place.port, credentials });
  const member = new Member({ ...options, world, ports: [place.port] });
  member.start();
  const bus = new MemberBus({ ...options, member: Promise.resolve(member) });
  await bus.join({ client: "bench", directory: "/bench", name, must: true });
  return bus;
}
