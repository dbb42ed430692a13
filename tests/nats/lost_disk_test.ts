import assert from "node:assert/strict";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

onNats(
  "agents of a server whose disk is lost meet there again, under the names that they had",
  async () => {
    await using server = await NatsServer.start();
    const [alice, bob] = [openNats(`nats://${server.host}`), openNats(`nats://${server.host}`)];
    await alice.join({ client: "claude", directory: "/a", name: "alice" });
    await bob.join({ client: "claude", directory: "/b", name: "bob" });
    await alice.rename("zoe");
    await (await bob.check({ waitMs: 0 })).confirm();
    await alice.send({ to: ["bob"], text: "before" });
    await server.kill();
    await Deno.remove(server.directory.at("store"), { recursive: true });
    await server.begin();
    for (;;) {
      const { members } = await alice.list();
      const here = members.filter(({ presence }) => presence !== "away").map(({ name }) => name);
      if (here.length === 2) {
        assert.deepEqual(here, ["bob", "zoe"]);
        break;
      }
    }
    await alice.send({ to: ["bob"], text: "after" });
    const { messages, confirm } = await bob.check({ waitMs: 30_000 });
    await confirm();
    assert.deepEqual(messages.map(({ text }) => text), ["after"]);
    await Promise.all([alice.leave(), bob.leave()]);
  },
);
