import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

/** The words with which the hub refuses. */
async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    assert.ok(error instanceof HustingsError && error.code === "too_many_requests", String(error));
    return error.message;
  }
  throw new Error("It was not refused");
}

/** Sends in groups that share commits, as a process does that waits for nothing. */
async function flood(sender: HubMember, to: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 250) {
    const group = Array.from({ length: Math.min(250, count - sent) }, () => sender.send([to]));
    await settled();
    await Promise.all(group);
  }
}

async function trio(bench: HubBench): Promise<[HubMember, HubMember, HubMember]> {
  const names = ["alice", "bob", "carol"];
  const [alice, bob, carol] = await Promise.all(names.map((name) => bench.join({ name })));
  return [alice!, bob!, carol!];
}

Deno.test("hub refuses a member's messages beyond its burst, says when to try again, and takes them then", async () => {
  using bench = new HubBench();
  const [alice, bob, carol] = await trio(bench);
  await flood(alice, "nobody", limits.sentMessages.burst);
  const said = await refusal(alice.send(["bob"]));
  assert.match(said, /messages.*was not taken: try again in 1 ms$/);
  assert.equal((await bob.send(["carol"])).recipients.length, 1);
  assert.deepEqual(await carol.texts(), ["hi"]);
  await bench.turn(1);
  await alice.send(["bob"], "later");
  assert.deepEqual(await bob.texts(), ["later"]);
});

Deno.test("hub refuses bytes beyond a member's burst, and the others' go through", async () => {
  using bench = new HubBench();
  const [alice, bob, carol] = await trio(bench);
  const text = "x".repeat(limits.textBytes);
  const fits = limits.sentBytes.burst / limits.textBytes;
  for (let sent = 0; sent < fits; sent++) await alice.send(["nobody"], text);
  const waitMs = Math.ceil(limits.textBytes * 1000 / limits.sentBytes.perSecond);
  assert.match(await refusal(alice.send(["bob"], text)), new RegExp(`in ${waitMs} ms$`));
  await bob.send(["carol"], text);
  assert.equal((await carol.texts()).length, 1);
  await bench.turn(waitMs);
  await alice.send(["bob"], text);
});

Deno.test("hub does not charge a repeat of what is on disk", async () => {
  using bench = new HubBench();
  const [alice] = await trio(bench);
  const operation = { op: "send", message: "again", to: ["bob"], text: "once" } as const;
  const receipt = await alice.ask(operation);
  await flood(alice, "nobody", limits.sentMessages.burst - 1);
  assert.deepEqual(await alice.ask(operation), receipt);
  await refusal(alice.ask({ ...operation, message: "another" }));
});

Deno.test("hub charges the member, not the connection: a new one brings no new burst", async () => {
  using bench = new HubBench();
  const [alice] = await trio(bench);
  await flood(alice, "nobody", limits.sentMessages.burst);
  alice.session.end();
  const again = await bench.join({ name: "alice" });
  await refusal(again.send(["bob"]));
});

Deno.test("hub bounds what one sender has unread at one recipient; others reach it, and it may read on", async () => {
  using bench = new HubBench();
  const [alice, bob, carol] = await trio(bench);
  await flood(alice, "bob", limits.backlogMessages);
  await bench.turn(60_000);
  const said = await refusal(alice.send(["carol", "bob"]));
  assert.match(
    said,
    /10000 of your messages wait unread at 'bob', so nothing was sent: wait until/,
  );
  assert.deepEqual(await carol.texts(), []);
  await refusal(alice.send(["*"]));
  await alice.send(["carol"], "to carol");
  await carol.send(["bob"], "past alice");
  assert.deepEqual(await carol.texts(), ["to carol"]);
  await bob.check();
  await flood(alice, "bob", limits.checkMessages);
  await refusal(alice.send(["bob"]));
  const last = await carol.send(["bob"], "the last");
  let lastRead = 0;
  for (let more = 1; more > 0;) {
    const page = await bob.check();
    lastRead = page.messages.at(-1)?.id ?? lastRead;
    more = page.more;
  }
  assert.equal(lastRead, last.id);
  await alice.send(["bob"]);
});

Deno.test("hub goes by the store where messages were read under another broker", async () => {
  using bench = new HubBench();
  const [alice, bob] = await trio(bench);
  await flood(alice, "bob", limits.backlogMessages);
  await bench.turn(60_000);
  await refusal(alice.send(["bob"]));
  const inner = bench.store.inner;
  inner.batch(inner.reign().epoch, [({ messages }) => {
    const [oldest] = messages.queued(2, undefined);
    messages.lease(2, [oldest!.message.id], { instance: bob.instance, request: 999 }, 0);
  }], { grows: false });
  await alice.send(["bob"]);
});

Deno.test("hub refuses a member that changes its name again and again: the others hear of each change", async () => {
  using bench = new HubBench();
  const [alice, bob] = await trio(bench);
  for (let change = 0; change < limits.renames.burst; change++) {
    await alice.ask({ op: "rename", name: `name${change}` });
  }
  const said = await refusal(alice.ask({ op: "rename", name: "more" }));
  assert.match(said, /changes of name.*try again in 10000 ms$/);
  assert.equal((await bob.check()).messages.length, limits.renames.burst);
  await bob.ask({ op: "rename", name: "robert" });
  const same = `name${limits.renames.burst - 1}`;
  assert.equal((await alice.ask({ op: "rename", name: same })).former, same);
  await bench.turn(10_000);
  assert.equal((await alice.ask({ op: "rename", name: "more" })).name, "more");
});
