import assert from "node:assert/strict";
import { CutLine } from "../support/cut_line.ts";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

// A server that is away for longer than a call waits; what is shorter the suite for all kinds of bus tries.

/** A clock on which the ten seconds that a call waits are half a second. */
const times = 20;

onNats(
  "calls say that the server is away, and go on when it is back, with nothing lost",
  async () => {
    await using server = await NatsServer.start();
    const url = `nats://${server.host}`;
    const [alice, bob] = [openNats(url, { times }), openNats(url, { times })];
    await alice.join({ client: "alice", directory: "/alice", name: "alice" });
    await bob.join({ client: "bob", directory: "/bob", name: "bob" });
    const { id } = await alice.send({ to: ["bob"], text: "before" });
    const waiting = alice.check({ waitMs: 60_000 * times });
    await server.kill();
    const away = {
      code: "bus_down",
      message: new RegExp(`${server.host}.*10 s.*[Nn]othing.*lost`, "s"),
    };
    await Promise.all([
      assert.rejects(alice.list(), away),
      assert.rejects(alice.send({ to: ["bob"], text: "meanwhile" }), away),
      assert.rejects(bob.check({ waitMs: 0 }), away),
      assert.rejects(bob.status(), away),
      assert.rejects(waiting, away),
    ]);
    await server.begin();
    const again = await alice.send({ to: ["bob"], text: "after" });
    assert.ok(again.id > id);
    const handed = await bob.check({ waitMs: 60_000 * times });
    const texts = handed.messages.map(({ text }) => text).filter((text) => text !== "meanwhile");
    assert.deepEqual(texts, ["before", "after"]);
    assert.ok(handed.messages.every(({ redelivered }) => redelivered === undefined));
    await handed.confirm();
    assert.equal((await bob.status()).me, "bob");
    await Promise.all([alice.leave(), bob.leave()]);
  },
);

onNats("leave ends soon when the server is away", async () => {
  await using server = await NatsServer.start();
  const alice = openNats(`nats://${server.host}`);
  await alice.join({ client: "alice", directory: "/alice" });
  const waiting = assert.rejects(alice.check({ waitMs: 60_000 }), { code: "bus_down" });
  await server.kill();
  await alice.leave();
  await waiting;
});

onNats(
  "process that starts while the server is away joins when that is there in time",
  async () => {
    await using server = NatsServer.prepare();
    const alice = openNats(`nats://${server.host}`);
    const joined = alice.join({ client: "alice", directory: "/alice" });
    await server.begin();
    assert.equal((await joined).name, "alice-alice");
    await alice.leave();
  },
);

onNats("calls of a process whose server hangs say so, and go on when it goes on", async () => {
  await using server = await NatsServer.start();
  const alice = openNats(`nats://${server.host}`, { times });
  await alice.join({ client: "alice", directory: "/alice", name: "alice" });
  Deno.kill(server.pid, "SIGSTOP");
  await assert.rejects(alice.send({ to: ["alice"], text: "into silence" }), { code: "bus_down" });
  Deno.kill(server.pid, "SIGCONT");
  await alice.send({ to: ["alice"], text: "heard again" });
  const handed = await alice.check({ waitMs: 60_000 * times });
  assert.equal(handed.messages.at(-1)!.text, "heard again");
  await alice.leave();
});

onNats(
  "call goes to another server of the cluster when the one that it came to hangs",
  async () => {
    await using server = await NatsServer.start();
    const [first, second] = [new CutLine(server.port), new CutLine(server.port)];
    const alice = openNats(`nats://127.0.0.1:${first.port},127.0.0.1:${second.port}`);
    await alice.join({ client: "alice", directory: "/alice", name: "alice" });
    first.freeze();
    await alice.send({ to: ["alice"], text: "by the other way" });
    const handed = await alice.check({ waitMs: 60_000 });
    assert.deepEqual(handed.messages.map(({ text }) => text), ["by the other way"]);
    await handed.confirm();
    await alice.leave();
    for (const line of [first, second]) line.cut();
  },
);
