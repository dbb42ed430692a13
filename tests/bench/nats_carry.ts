import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Bus } from "../../lib/bus/bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { processCost } from "../support/process_cost.ts";
import type { Context } from "./context.ts";
import { joinNats } from "../support/join_nats.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";

/** What agents that are connected and wait cost their server: memory, processor, consumers. Linux alone tells it here. */
export async function natsCarry({ quick, note }: Context): Promise<Row[]> {
  if (Deno.build.os !== "linux") return [];
  await using server = await NatsServer.start();
  const url = `nats://${server.host}/bench`;
  const buses: Bus[] = [await joinNats(url, "first")];
  const rows: Row[] = [];
  const base = await burden(server, quick);
  for (const count of quick ? [5] : [20, 50, 100]) {
    note(`${count} agents on one server of NATS`);
    while (buses.length < count) {
      const bus = await joinNats(url, `agent-${buses.length}`);
      buses.push(bus);
      bus.check({ waitMs: 3600_000 }).catch(() => {});
    }
    const now = await burden(server, quick);
    const send = new Samples();
    for (let n = 0; n < (quick ? 3 : 50); n++) {
      await send.time(() => buses[0]!.send({ to: ["nobody"], text: `${n}` }));
    }
    rows.push({
      what: `NATS: server with ${count} agents that wait`,
      ours: `${now.mb.toFixed(0)} MB, ${now.percent.toFixed(1)} % of a processor, ` +
        `${now.consumers} consumers; a send ${send.median.toFixed(2)} ms`,
      against: "with 1 agent",
      other: `${base.mb.toFixed(0)} MB, ${base.percent.toFixed(1)} %, ${base.consumers}`,
      ratio: now.mb / base.mb,
      aim: "to know",
    });
  }
  await Promise.all(buses.map((bus) => bus.leave()));
  return rows;
}

interface Burden {
  readonly mb: number;
  readonly percent: number;
  readonly consumers: number;
}

/** What the server takes at rest, over some seconds. */
async function burden(server: NatsServer, quick: boolean): Promise<Burden> {
  const connection = await connect({ servers: server.host });
  const { consumers } = await (await jetstreamManager(connection)).getAccountInfo();
  await connection.close();
  const restMs = quick ? 100 : 10_000;
  const before = processCost(server.pid);
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const { mb, ticks } = processCost(server.pid);
  return { mb, percent: (ticks - before.ticks) * 1_000 / restMs, consumers };
}
