import type { Bus } from "../../lib/bus/bus.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { joinNats } from "../support/join_nats.ts";
import { natsMissing, NatsServer } from "../support/nats_server.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { quantile } from "../campaigns/tally.ts";
import { benchMember } from "./bench_member.ts";
import type { Context } from "./context.ts";
import { natsCarry } from "./nats_carry.ts";
import { natsGrowth } from "./nats_growth.ts";
import { rateOf } from "./rate_of.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";
import { typicalText } from "./typical_text.ts";

/** Joins a bus in this process under a name. */
type Join = (name: string) => Promise<Bus>;

/** The bus on one server of NATS beside the embedded one: each a process of its own, on one machine. */
export async function nats(context: Context): Promise<Row[]> {
  if (natsMissing !== undefined) {
    context.note(`not measured: ${natsMissing}`);
    return [];
  }
  await using server = await NatsServer.start();
  await using place = await TemporaryBus.create();
  const broker = await RawAgent.start(place, "agent", place.directory("broker"));
  const near: Join = (name) => benchMember(place, name);
  const far: Join = (name) => joinNats(`nats://${server.host}/bench`, name);
  const rows = [
    ...await calls(far, near, context),
    await eyes(far, near, context),
    ...await rates(far, near, context),
  ];
  await broker.close();
  return [...rows, ...await natsGrowth(context), ...await natsCarry(context)];
}

const operations: Record<string, (bus: Bus) => Promise<unknown>> = {
  "send to receipt": (bus) => bus.send({ to: ["caller"], text: typicalText }),
  "check that reads one": async (bus) => (await bus.check({ waitMs: 0, textBytes: 1 })).confirm(),
  "check that finds nothing": (bus) => bus.check({ waitMs: 0, replyTo: 1 }),
  list: (bus) => bus.list(),
};

/** One call after the other, on both in turn. */
async function calls(far: Join, near: Join, { quick }: Context): Promise<Row[]> {
  const buses = [await far("caller"), await near("caller")] as const;
  const rows: Row[] = [];
  for (const [what, act] of Object.entries(operations)) {
    const samples = [new Samples(), new Samples()] as const;
    for (let round = -1; round < (quick ? 1 : 10); round++) {
      for (const [index, bus] of buses.entries()) {
        for (let n = 0; n < (quick ? 5 : 100); n++) {
          if (round < 0) await act(bus);
          else await samples[index]!.time(() => act(bus));
        }
      }
    }
    rows.push(timedRow(`NATS: ${what}`, samples[0], "embedded bus", samples[1], "to know"));
  }
  for (const bus of buses) await bus.leave();
  return rows;
}

/** From the call of one agent to the end of another's wait. */
async function eyes(far: Join, near: Join, { quick }: Context): Promise<Row> {
  const samples = [new Samples(), new Samples()] as const;
  for (const [index, join] of [far, near].entries()) {
    const [writer, reader] = [await join("writer"), await join("reader")];
    for (let n = 0; n < (quick ? 5 : 200); n++) {
      const waiting = reader.check({ waitMs: 60_000 });
      while ((await presenceOf(writer, "reader")) !== "waiting") continue;
      const handed = await samples[index]!.time(async () => {
        const [found] = await Promise.all([
          waiting,
          writer.send({ to: ["reader"], text: typicalText }),
        ]);
        return found;
      });
      await handed.confirm();
    }
    await Promise.all([writer.leave(), reader.leave()]);
  }
  return timedRow(
    "NATS: send to the end of a wait",
    samples[0],
    "embedded bus",
    samples[1],
    "to know",
  );
}

async function presenceOf(bus: Bus, name: string): Promise<string | undefined> {
  const { members } = await bus.list();
  return members.find((member) => member.name === name)?.presence;
}

/** Sends a second, of several senders that each wait for the receipt before the next. */
async function rates(far: Join, near: Join, { quick }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const senders of quick ? [1, 4] : [1, 16, 64]) {
    const found: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const [index, join] of [far, near].entries()) {
        const names = Array.from({ length: senders }, (_, n) => `sender-${senders}-${n}-${round}`);
        const buses = await Promise.all(names.map(join));
        const sends = buses.map((bus, n) => (text: string) => bus.send({ to: [names[n]!], text }));
        found[index]!.push(await rateOf(sends, quick ? 200 : 2_000));
        await Promise.all(buses.map((bus) => bus.leave()));
      }
    }
    const [ours, others] = found.map((rates) => quantile(rates, 0.5)) as [number, number];
    rows.push({
      what: `NATS: sends a second, ${senders} senders`,
      ours: ours.toFixed(0),
      against: "embedded bus",
      other: others.toFixed(0),
      ratio: ours / others,
      aim: "to know",
    });
  }
  return rows;
}
