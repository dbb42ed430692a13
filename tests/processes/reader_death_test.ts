import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";

/** More than a pipe holds: a reader whose client does not read stays in the middle of its answer. */
const longText = "0123456789abcdef".repeat(32 * 1024);

Deno.test("messages are there for the successor when the reader is killed between receiving and returning", async () => {
  await using bus = await TemporaryBus.create();
  const sender = await RawAgent.start(bus, "sender", bus.directory("shop"));
  const reader = await RawAgent.start(bus, "reader", bus.directory("shop"));
  await sender.call("send", { to: "reader-shop", text: longText });
  reader.pauseReading();
  const check = reader.call("check", {}).catch(() => "no answer");
  await untilState(sender, "handed");
  await reader.kill();
  assert.equal(await check, "no answer");

  const successor = await RawAgent.start(bus, "reader", bus.directory("shop"));
  const { messages } = await successor.call("check", { wait_s: 10 });
  const [message] = messages as { text: string; redelivered?: string }[];
  assert.equal(message?.text, longText);
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
