import type { MemberBus } from "../../lib/bus/member_bus.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { benchMember } from "./bench_member.ts";
import type { Context } from "./context.ts";
import { fillStore } from "./full_store.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";

const operations: Record<string, (member: MemberBus) => Promise<unknown>> = {
  send: (member) => member.send({ to: ["bench"], text: "a short text, as agents write them" }),
  check: async (member) => (await member.check({ waitMs: 0 })).confirm(),
  list: (member) => member.list(),
};

/** What send, check and list cost as members and stored messages grow, beside the smallest bus. */
export async function growth({ quick, note }: Context): Promise<Row[]> {
  const sizes = quick
    ? [[10, 1_000], [20, 1_000]] as const
    : [[10, 1_000], [100, 1_000], [1_000, 1_000], [10, 100_000], [10, 1_000_000]] as const;
  const rows: Row[] = [];
  let smallest: Record<string, Samples> | undefined;
  for (const [members, messages] of sizes) {
    note(`send, check and list with ${members} members and ${messages} stored messages`);
    const samples = await cost(members, messages, quick ? 5 : 200);
    smallest ??= samples;
    if (samples === smallest) continue;
    for (const [name, ours] of Object.entries(samples)) {
      const what = `${name}, ${members} members, ${messages} messages stored`;
      rows.push(timedRow(what, ours, "10 members, 1000 messages", smallest[name]!, "≤ 2"));
    }
  }
  return rows;
}

async function cost(members: number, messages: number, times: number) {
  await using bus = await TemporaryBus.create();
  fillStore(bus, members, messages);
  const broker = await RawAgent.start(bus, "agent", bus.directory("broker"));
  const member = await benchMember(bus, "bench");
  const samples: Record<string, Samples> = {};
  for (const [name, act] of Object.entries(operations)) {
    samples[name] = new Samples();
    await act(member);
  }
  for (let n = 0; n < times; n++) {
    for (const [name, act] of Object.entries(operations)) {
      await samples[name]!.time(() => act(member));
    }
  }
  await member.leave();
  await broker.close();
  return samples;
}
