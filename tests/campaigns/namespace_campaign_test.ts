import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import {
  explains,
  neighbours,
  noNamespace,
  refusalOf,
  spawnElsewhere,
} from "./namespace_campaign.ts";

const obstacle = noNamespace();
for (const neighbour of neighbours) {
  const name =
    "agent in another network namespace is told who holds the store, and never takes it, " +
    `when ${neighbour} listens at the broker's port there`;
  Deno.test({
    name: obstacle === undefined ? name : `${name} (${obstacle})`,
    ignore: obstacle !== undefined,
    fn: async () => {
      await using bus = await TemporaryBus.create();
      const holder = await RawAgent.start(bus, "holder", bus.directory("shop"));
      const before = bus.endpoint();
      const far = ["far1", "far2"].map((client) => spawnElsewhere(bus, client, neighbour));
      const refused = Promise.all(far.map(refusalOf));
      let over = false;
      refused.finally(() => over = true);
      while (!over) await holder.call("send", { to: "far1-far1", text: "can you hear me?" });
      for (const said of await refused) assert.ok(explains(said, before), said ?? "it was let in");
      assert.deepEqual(bus.endpoint(), before, "the broker outside was left alone");

      await holder.close();
      const { messages } = await far[0]!.call("check", {});
      assert.ok((messages as unknown[]).length > 0, "once the holder has gone, the store is free");
      await Promise.all(far.map((agent) => agent.close()));
    },
  });
}
