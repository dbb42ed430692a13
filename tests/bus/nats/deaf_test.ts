import assert from "node:assert/strict";
import type { Realm } from "../../../lib/bus/nats/realm.ts";
import { NatsPart } from "../../support/nats_part.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { openNats } from "../../support/nats_bus.ts";
import { onNats } from "../../support/on_nats.ts";

// As where one of several servers dies that told a process of changes: the process is not told of that.

/** Ends all that the server tells of changes in this bucket. */
async function silence({ jsm }: Realm, bucket: string): Promise<void> {
  for (const { name } of await jsm.consumers.list(`KV_${bucket}`).next()) {
    await jsm.consumers.delete(`KV_${bucket}`, name);
  }
}

onNats("the directory is asked for anew when a change of it is not told", async () => {
  await using server = await NatsServer.start();
  await using one = await NatsPart.open(server, "one");
  await using other = await NatsPart.open(server, "other");
  await silence(one.realm, one.realm.names.directory);
  const { id } = await one.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
  await other.directory.refresh();
  assert.equal(other.directory.box(id)?.name, "bob");
});

onNats("mail is told again when some of it was not", async () => {
  await using server = await NatsServer.start();
  await using part = await NatsPart.open(server, "part");
  const { realm } = part;
  const url = `nats://${server.host}/test`;
  const [bob, rob] = [openNats(url, { times: 20 }), openNats(url, { times: 20 })];
  const join = (name: string) => ({ client: name, directory: `/${name}`, name, must: true });
  await Promise.all([bob.join(join("bob")), rob.join(join("rob"))]);
  const waiting = rob.check({ waitMs: 3600_000 });
  const told = () => realm.jsm.consumers.list(`KV_${realm.names.mail}`).next();
  while ((await told()).length === 0) continue;
  await silence(realm, realm.names.mail);
  await bob.send({ to: ["rob"], text: "hello" });
  const handed = await waiting;
  assert.deepEqual(handed.messages.map(({ text }) => text), ["hello"]);
  await handed.confirm();
  let tries = 0;
  while ((await told()).length === 0 && ++tries < 1_000) continue;
  assert.equal((await told()).length, 1);
  await Promise.all([bob.leave(), rob.leave()]);
});
