import assert from "node:assert/strict";
import type { Bus } from "../../lib/bus/bus.ts";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

const place = { client: "claude", directory: "/home/ann/shop", repository: "/home/ann/shop" };

onNats("agents of one client in directories of one name on two machines are two", async () => {
  await using server = await NatsServer.start();
  const start = async (machine: string): Promise<[Bus, string]> => {
    const bus = openNats(`nats://${server.host}`, { machine });
    return [bus, (await bus.join(place)).name];
  };
  const [near, nearName] = await start("near#1");
  const [far, farName] = await start("far#1");
  assert.deepEqual([nearName, farName], ["claude-shop", "claude-shop-2"]);
  await near.leave();
  await far.leave();
  // Each gets its own back, also while the other is away.
  const [farAgain, farAgainName] = await start("far#1");
  assert.equal(farAgainName, "claude-shop-2");
  await near.leave();
  const [nearAgain, nearAgainName] = await start("near#1");
  assert.equal(nearAgainName, "claude-shop");
  const { recipients } = await nearAgain.send({ to: ["claude-shop-2"], text: "over there" });
  assert.deepEqual(recipients.map(({ presence }) => presence), ["here"]);
  const handed = await farAgain.check({ waitMs: 60_000 });
  assert.deepEqual(handed.messages.map(({ text }) => text), ["over there"]);
  await handed.confirm();
  await Promise.all([nearAgain.leave(), farAgain.leave()]);
});

onNats(
  "name of an agent on another machine cannot be taken, and the refusal says where it is",
  async () => {
    await using server = await NatsServer.start();
    const url = `nats://${server.host}`;
    const near = openNats(url, { machine: "near#1" });
    const far = openNats(url, { machine: "far#1" });
    await near.join({ ...place, name: "alice" });
    await assert.rejects(far.join({ ...place, name: "alice", must: true }), {
      code: "name_in_use",
      message: /'alice' is in use by claude in near:\/home\/ann\/shop/,
    });
    await near.leave();
    await assert.rejects(far.join({ ...place, name: "alice", must: true }), {
      code: "name_in_use",
      message: /left a while ago/,
    });
    await far.leave();
  },
);
