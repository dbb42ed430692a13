import assert from "node:assert/strict";
import type { Bus } from "../../lib/bus/bus.ts";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

onNats("buses of two realms on one server never see each other", async () => {
  await using server = await NatsServer.start();
  const ways = ["", "/default", "/team", "/Team"].map((realm) => `nats://${server.host}${realm}`);
  const place = { client: "claude", directory: "/shop", repository: "/shop" };
  const buses = ways.map((url) => openNats(url));
  const names = [];
  for (const bus of buses) names.push((await bus.join(place)).name);
  assert.deepEqual(names, ["claude-shop", "claude-shop-2", "claude-shop", "claude-shop"]);
  const [first, second, team, other] = buses as [Bus, Bus, Bus, Bus];
  const { recipients } = await first.send({ to: ["*", "#shop"], text: "to this realm" });
  assert.deepEqual(recipients.map(({ name }) => name), ["claude-shop-2"]);
  await team.send({ to: ["claude-shop"], text: "to myself" });
  const texts = async (bus: Bus) => {
    const handed = await bus.check({ waitMs: 0 });
    await handed.confirm();
    return handed.messages.map(({ text }) => text);
  };
  assert.deepEqual(await texts(second), ["to this realm"]);
  assert.deepEqual(await texts(team), ["to myself"]);
  assert.deepEqual(await texts(other), []);
  assert.deepEqual(await texts(first), []);
  for (const [index, bus] of buses.entries()) {
    const { members } = await bus.list();
    assert.equal(members.length, index < 2 ? 2 : 1);
  }
  for (const bus of buses) await bus.leave();
});
