// Sends as much to one agent as may lie unread there, on each kind of bus, and one message more.
//
//   deno run -A tests/campaigns/backlog_campaign.ts
//
// Ends with an error where the last one is not refused, or anything else is, or what was sent is not read.
import assert from "node:assert/strict";
import { AgentBench } from "../bus/conformance/bus_bench.ts";
import type { BusKind } from "../bus/conformance/bus_bench.ts";
import { embeddedKind } from "../bus/conformance/embedded_kind.ts";
import { natsKind } from "../bus/conformance/nats_kind.ts";
import { limits } from "../../lib/core/limits.ts";
import { say } from "../support/say.ts";

/** As many sends as one process has under way at once. */
const atOnce = 500;

/** Fills the queue of one agent; returns how long that took, and to read it, in ms. */
export async function backlogCampaign(kind: BusKind): Promise<{ sendMs: number; readMs: number }> {
  await using bench = new AgentBench(await kind.create());
  const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
  const from = performance.now();
  for (let sent = 0; sent < limits.backlogMessages; sent += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, n) => alice.send("bob", `${sent + n}`)));
  }
  const sendMs = performance.now() - from;
  await assert.rejects(alice.send(["carol", "bob"], "one more"), {
    code: "too_many_requests",
    message: /wait unread at 'bob', so nothing was sent/,
  });
  assert.deepEqual(await carol.texts(), []);
  await carol.send("bob", "from another one");
  const begun = performance.now();
  const texts = [...await bob.texts()];
  await alice.send("bob", "there is room again");
  texts.push(...await bob.textsOf(limits.backlogMessages + 2 - texts.length));
  const readMs = performance.now() - begun;
  const numbers = texts.filter((text) => /^\d+$/.test(text)).map(Number);
  assert.deepEqual(numbers, Array.from({ length: limits.backlogMessages }, (_, n) => n));
  assert.equal(texts.at(-1), "there is room again");
  return { sendMs, readMs };
}

if (import.meta.main) {
  for (const kind of [embeddedKind, natsKind]) {
    if (kind.missing !== undefined) {
      say(`${kind.name}: not tried: ${kind.missing}`);
      continue;
    }
    const { sendMs, readMs } = await backlogCampaign(kind);
    const [sent, read] = [sendMs, readMs].map((ms) => (ms / 1000).toFixed(1));
    say(`${kind.name}: ${limits.backlogMessages} sent in ${sent} s and read in ${read} s`);
  }
  Deno.exit(0);
}
