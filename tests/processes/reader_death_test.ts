import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";

/** Own messages whose history is more than a pipe holds: a process whose client does not read stays in it. */
const ownMessages = 100;

Deno.test("messages are there for the successor when the reader is killed between receiving and returning", async () => {
  await using bus = await TemporaryBus.create();
  const sender = await RawAgent.start(bus, "sender", bus.directory("shop"));
  const reader = await RawAgent.start(bus, "reader", bus.directory("shop"));
  for (let n = 0; n < ownMessages; n++) {
    await reader.call("send", { to: "nobody", text: "0123456789".repeat(90) });
  }
  await sender.call("send", { to: "reader-shop", text: "kept" });
  reader.pauseReading();
  reader.call("history", { limit: ownMessages }).catch(() => {});
  const check = reader.call("check", {}).catch(() => "no answer");
  await untilState(sender, "handed");
  await reader.kill();
  assert.equal(await check, "no answer");

  const successor = await RawAgent.start(bus, "reader", bus.directory("shop"));
  const { messages } = await successor.call("check", { wait_s: 10 });
  const [message] = messages as { text: string; redelivered?: string }[];
  assert.equal(message?.text, "kept");
  assert.ok(message.redelivered, "it may have been seen, so it is marked");
  await untilState(sender, "read");
  await Promise.all([sender.close(), successor.close()]);
});

/** Asks until the sender's history shows its message in `state`. */
async function untilState(sender: RawAgent, state: string): Promise<void> {
  for (;;) {
    const shown = JSON.stringify(await sender.call("history", { limit: 1 }));
    if (shown.includes(`reader-shop: ${state}`) || shown.includes(`"reader-shop":"${state}`)) {
      return;
    }
  }
}
