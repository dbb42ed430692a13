import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import { processCost } from "../support/process_cost.ts";
import type { Row } from "./row.ts";
import { greeting, Spawned } from "./spawned.ts";
import { limits } from "../../lib/core/limits.ts";

const joined = `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n` +
  `${
    JSON.stringify({
      jsonrpc: "2.0",
      id: 2,
      method: "tools/call",
      params: { name: "list", arguments: {} },
    })
  }\n`;

/** Resident memory of a broker, a follower and an empty SDK server, at rest. Linux alone tells it here. */
export async function memory({ quick, programs, note }: Context): Promise<Row[]> {
  if (Deno.build.os !== "linux") return [];
  const rows: Row[] = [];
  for (const { form, hustings, empty, emptyOnNode } of programs) {
    await using bus = await TemporaryBus.create();
    const env = { HUSTINGS_HOME: bus.home, HUSTINGS_PORT: String(bus.port), HUSTINGS_NAME: "" };
    const member = { env, cwd: bus.directory("shop"), says: greeting + joined };
    const broker = await Spawned.until(hustings, '"id":2', member);
    const follower = await Spawned.until(hustings, '"id":2', member);
    const bare = await Spawned.until(empty, '"result"', { says: greeting });
    const onNode = emptyOnNode && await Spawned.until(emptyOnNode, '"result"', { says: greeting });
    note("waits until a follower has rehearsed");
    const restMs = quick ? 100 : 2 * limits.rehearsalMs + 3_000;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const row = (what: string, ours: Spawned, against: string, other: Spawned, aim: string) =>
      rows.push(memoryRow(`memory of a ${what} at rest (${form})`, ours, against, other, aim));
    row("broker", broker, "empty SDK server", bare, "≤ 1.2");
    row("follower", follower, "empty SDK server", bare, "≤ 1.2");
    if (onNode !== undefined) row("follower", follower, "the same on Node", onNode, "to know");
    for (const spawned of [follower, broker, bare, onNode]) await spawned?.end();
  }
  return rows;
}

function memoryRow(
  what: string,
  ours: Spawned,
  against: string,
  other: Spawned,
  aim: string,
): Row {
  const { mb } = processCost(ours.child.pid);
  const { mb: otherMb } = processCost(other.child.pid);
  const shown = { ours: `${mb.toFixed(0)} MB`, other: `${otherMb.toFixed(0)} MB` };
  return { what, against, ...shown, ratio: mb / otherMb, aim };
}
