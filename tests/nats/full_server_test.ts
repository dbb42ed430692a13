import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import assert from "node:assert/strict";
import type { Bus } from "../../lib/bus/bus.ts";
import { realmNames } from "../../lib/bus/nats/realm_names.ts";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

// Space that somebody has bounded: new messages are refused, and what is there can still be read.

const text = "x".repeat(10_000);

/** Sends until it is refused, which has to be for want of space; returns the ids of what was taken. */
async function fill(bus: Bus): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < 1_000; n++) {
    try {
      ids.push((await bus.send({ to: ["bob"], text })).id);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      assert.equal(code, "store_full", message);
      assert.match(message, /server|JetStream/);
      assert.match(message, /max_|space|storage/);
      return ids;
    }
  }
  throw new Error("It was never full");
}

/** Reads all that waits for `bus`. */
async function readAll(bus: Bus): Promise<number[]> {
  const ids: number[] = [];
  for (;;) {
    const handed = await bus.check({ waitMs: 0 });
    await handed.confirm();
    if (handed.messages.length === 0) return ids;
    ids.push(...handed.messages.map(({ id }) => id));
  }
}

async function pair(server: NatsServer): Promise<[Bus, Bus]> {
  const url = `nats://${server.host}`;
  const [alice, bob] = [openNats(url), openNats(url)];
  await alice.join({ client: "alice", directory: "/alice", name: "alice" });
  await bob.join({ client: "bob", directory: "/bob", name: "bob" });
  return [alice, bob];
}

onNats(
  "send to a stream that is full is refused as such, and what was sent before is read",
  async () => {
    await using server = await NatsServer.start();
    const [alice, bob] = await pair(server);
    const connection = await connect({ servers: server.host });
    const jsm = await jetstreamManager(connection);
    await jsm.streams.update(realmNames("default").messages, { "max_bytes": 100_000 });
    await connection.close();
    const sent = await fill(alice);
    assert.ok(sent.length > 1);
    assert.deepEqual(await readAll(bob), sent);
    await Promise.all([alice.leave(), bob.leave()]);
  },
);

onNats(
  "server that is full says so to who sends and who reads, and with more space all is read",
  async () => {
    const jetstream = (mb: number) =>
      `jetstream { store_dir: "DIRECTORY/store", max_file_store: ${mb}MB }`;
    await using server = await NatsServer.start({ jetstream: jetstream(1) });
    const [alice, bob] = await pair(server);
    const sent = await fill(alice);
    assert.ok(sent.length > 1);
    await assert.rejects(bob.check({ waitMs: 0 }), { code: "store_full", message: /JetStream/ });
    server.configure({ jetstream: jetstream(100) });
    await server.kill();
    await server.begin();
    assert.deepEqual(await readAll(bob), sent);
    await Promise.all([alice.leave(), bob.leave()]);
  },
);
