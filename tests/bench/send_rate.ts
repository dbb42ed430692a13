import { Database } from "../../lib/store/database.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { benchMember } from "./bench_member.ts";
import type { Context } from "./context.ts";
import { JetStream } from "./peers/jetstream.ts";
import { Redis } from "./peers/redis.ts";
import { rateOf } from "./rate_of.ts";
import type { Row } from "./row.ts";
import { quantile } from "../campaigns/tally.ts";

type Send = (text: string) => Promise<unknown>;
interface Peer extends AsyncDisposable {
  readonly name: string;
  sender(): Promise<Send>;
}

/** Sends a second, each acknowledged when it is on disk, from several senders that each wait for it. */
export async function sendRate(context: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const senders of [16, 64]) {
    const ours: number[] = [];
    const theirs = new Map<string, number[]>();
    for (let round = 0; round < (context.quick ? 1 : 5); round++) {
      ours.push(await ourRate(senders, forMs(context)));
      for (const start of [Redis.start, JetStream.start]) {
        const found = await peerRate(start, senders, context);
        if (found === undefined) continue;
        theirs.set(found.name, [...theirs.get(found.name) ?? [], found.rate]);
      }
    }
    if (theirs.size === 0) theirs.set("no peer is installed", ours);
    for (const [name, rates] of theirs) {
      rows.push({
        what: `durable sends a second, ${senders} senders`,
        ours: Math.round(quantile(ours, 0.5)).toString(),
        against: name,
        other: Math.round(quantile(rates, 0.5)).toString(),
        ratio: quantile(ours, 0.5) / quantile(rates, 0.5),
        aim: name.startsWith("Redis") && senders === 16 ? "≥ 1.0" : "to know",
      });
    }
  }
  return rows;
}

function forMs({ quick }: Context): number {
  return quick ? 200 : 2_000;
}

/** The broker is killed in the middle of it: whatever it had acknowledged must be in the store. */
async function ourRate(senders: number, forMs: number): Promise<number> {
  await using bus = await TemporaryBus.create();
  const broker = await RawAgent.start(bus, "agent", bus.directory("broker"));
  const members = await Promise.all(
    Array.from({ length: senders }, (_, index) => benchMember(bus, `sender-${index}`)),
  );
  const acknowledged: number[] = [];
  const sends = members.map((member, index): Send => async (text) => {
    acknowledged.push((await member.send({ to: [`sender-${index}`], text })).id);
  });
  const rate = await rateOf(sends, forMs);
  await broker.kill();
  checkStored(`${bus.home}/messages.db`, acknowledged);
  await Promise.all(members.map((member) => member.leave()));
  return rate;
}

function checkStored(path: string, acknowledged: readonly number[]): void {
  const db = new Database(path, { readOnly: true });
  const stored = new Set(db.all("SELECT id FROM messages").map((row) => Number(row["id"])));
  db.close();
  const lost = acknowledged.filter((id) => !stored.has(id));
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged messages are not in the store`);
}

async function peerRate(
  start: (directory: string) => Promise<Peer>,
  senders: number,
  context: Context,
): Promise<{ name: string; rate: number } | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "hustings-bench-" });
  try {
    await using peer = await start(directory);
    const clients = await Promise.all(Array.from({ length: senders }, () => peer.sender()));
    return { name: peer.name, rate: await rateOf(clients, forMs(context)) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    context.note(`not compared: ${error.message}`);
    return undefined;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
