import type { Bus } from "../../lib/bus/bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import type { Context } from "./context.ts";
import { fillRealm } from "./full_realm.ts";
import { joinNats } from "../support/join_nats.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";

const text = "a short text, as agents write them";

/** What send, a wait, check, list and a start cost as agents and unread messages grow, beside a small realm. */
export async function natsGrowth({ quick, note }: Context): Promise<Row[]> {
  const sizes = quick ? [[10, 0], [20, 100]] as const : [
    ...[[10, 0], [100, 0], [1_000, 0]] as const,
    ...[[10, 10_000], [10, 100_000], [1_000, 100_000]] as const,
  ];
  const rows: Row[] = [];
  let smallest: Record<string, Samples> | undefined;
  for (const [agents, unread] of sizes) {
    note(`NATS with ${agents} agents and ${unread} unread messages`);
    const samples = await cost(agents, unread, quick ? 3 : 100);
    smallest ??= samples;
    if (samples === smallest) continue;
    for (const [name, ours] of Object.entries(samples)) {
      const what = `NATS: ${name}, ${agents} agents, ${unread} unread`;
      rows.push(timedRow(what, ours, "10 agents, 0 unread", smallest[name]!, "≤ 2"));
    }
  }
  return rows;
}

async function cost(agents: number, unread: number, times: number) {
  await using server = await NatsServer.start();
  const url = `nats://${server.host}/bench`;
  await (await joinNats(url, "maker")).leave();
  await fillRealm(server.host, "bench", agents, unread);
  const samples: Record<string, Samples> = {};
  const timed = <T>(name: string, act: () => Promise<T>) =>
    (samples[name] ??= new Samples()).time(act);
  const bus = await joinNats(url, "own");
  for (let n = 0; n < times; n++) {
    await timed("send", () => bus.send({ to: ["own"], text }));
    await timed("check", async () => await (await bus.check({ waitMs: 0 })).confirm());
    await timed("send and wait", () => sendAndWait(bus));
    await timed("list", () => bus.list());
    if (n < times / 10) {
      await timed("start", async () => await (await joinNats(url, "late")).leave());
    }
  }
  await bus.leave();
  return samples;
}

async function sendAndWait(bus: Bus): Promise<void> {
  const waiting = bus.check({ waitMs: 60_000 });
  await bus.send({ to: ["own"], text });
  await (await waiting).confirm();
}
