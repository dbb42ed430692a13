import assert from "node:assert/strict";
import { MemberBus } from "../../lib/bus/member_bus.ts";
import { startOnlooker } from "../../lib/bus/start_onlooker.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";

Deno.test("onlooker goes on with the next broker when its own is killed, and sees what happens there", async () => {
  await using bus = await TemporaryBus.create();
  const member = Promise.resolve(startOnlooker(stateFiles(bus.home), [bus.port]));
  const view = new MemberBus({ member, clock: systemClock, random: systemRandom, pid: Deno.pid });
  const first = await RawAgent.start(bus, "first", bus.directory("shop"));
  const second = await RawAgent.start(bus, "second", bus.directory("shop"));
  const seen = await view.observe({ waitMs: 0 });
  assert.equal(seen.snapshot?.status.broker?.pid, first.pid);
  let { cursor } = await view.observe({ waitMs: 0, cursor: seen.cursor });
  const next = view.observe({ waitMs: 60_000, cursor });
  await first.kill();
  const { snapshot } = await next;
  assert.equal(snapshot?.status.broker?.pid, second.pid);
  assert.deepEqual(snapshot?.reigns.map(({ pid }) => pid), [second.pid, first.pid]);

  cursor = (await next).cursor;
  await second.call("send", { to: "first-shop", text: "are you there?" });
  for (let text: string | undefined; text === undefined;) {
    const result = await view.observe({ waitMs: 60_000, cursor });
    assert.equal(result.snapshot, undefined);
    cursor = result.cursor;
    for (const event of result.events) if (event.kind === "message") text = event.message.text;
    if (text !== undefined) assert.equal(text, "are you there?");
  }
  await view.leave();
  await second.close();
});
