import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import { Posting } from "../../../lib/bus/nats/posting.ts";
import { FastClock } from "../../support/fast_clock.ts";
import { natsMissing } from "../../support/nats_server.ts";
import { MailBench } from "./mail_bench.ts";
import type { Process } from "./mail_bench.ts";

function onServer(title: string, body: (bench: MailBench) => Promise<void>): void {
  const skipped = natsMissing === undefined ? "" : ` (not tried: ${natsMissing})`;
  Deno.test({ name: `${title}${skipped}`, ignore: natsMissing !== undefined }, async () => {
    await using bench = await MailBench.create();
    await body(bench);
  });
}

let lastUuid = 0;

function post({ link, shelf }: Process, to: readonly number[], text: string): Promise<number> {
  return new Posting(link, shelf).post({
    uuid: `uuid-${++lastUuid}`,
    sender: 1,
    from: "alice",
    to: to.map((box) => `box-${box}`),
    readers: to.map((box) => [box, `box-${box}`]),
    atMs: Date.now(),
    text,
  });
}

const texts = (handed: { readonly messages: readonly { readonly text: string }[] }) =>
  handed.messages.map(({ text }) => text);

onServer("message is handed once, and read when it is confirmed", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  const id = await post(alice, [2, 3], "one");
  const first = await bob.reading.check({ waitMs: 0 });
  assert.deepEqual(first.messages.map((message) => [message.id, message.text]), [[id, "one"]]);
  assert.deepEqual(texts(await bob.reading.check({ waitMs: 0 })), []);
  await first.confirm();
  assert.deepEqual(texts(await bob.reading.check({ waitMs: 0 })), []);
  const again = await bench.open(2);
  assert.deepEqual(texts(await again.reading.check({ waitMs: 0 })), []);
});

onServer("check that waits ends when a message comes, also one after the other", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  for (const text of ["one", "two"]) {
    const waiting = bob.reading.check({ waitMs: 60_000 });
    await post(alice, [2], text);
    const handed = await waiting;
    assert.deepEqual(texts(handed), [text]);
    await handed.confirm();
  }
});

onServer("what a process held that is gone is queued again and marked", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  await post(alice, [2], "held");
  await bob.reading.check({ waitMs: 0 });
  const next = await bench.open(2);
  assert.deepEqual(texts(await next.reading.check({ waitMs: 0 })), []);
  const waiting = next.reading.check({ waitMs: 60_000 });
  await bob.die();
  const [message] = (await waiting).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["held", true]);
});

onServer("text that is too long for one message of the server comes whole", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  const text = "\u0000ö漢\u{1f600}".repeat(100_000);
  await post(alice, [2], text);
  const handed = await bob.reading.check({ waitMs: 0 });
  assert.ok(handed.messages[0]!.text === text);
});

onServer("watch tells of a message that has a lower id than one it told of", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  const early = await post(alice, [3], "its place in the queue comes later");
  const late = await post(alice, [2], "first there");
  const first = await bob.reading.watch({ waitMs: 60_000, after: 0 });
  assert.deepEqual(first, { count: 1, from: ["alice"], newest: late });
  const second = bob.reading.watch({ waitMs: 60_000, after: first.newest });
  const key = `$KV.${alice.link.names.mail}.open.2.1.${early}`;
  const record = {
    state: "accepted",
    uuid: "u",
    from: "carol",
    thread: early,
    textBytes: 1,
    atMs: 1,
  };
  await alice.link.js.publish(key, JSON.stringify(record));
  assert.deepEqual(await second, { count: 1, from: ["carol"], newest: late });
});

onServer(
  "watch of another process for the same box takes the place of the older one",
  async (bench) => {
    const [alice, bob] = [await bench.open(1), await bench.open(2)];
    const hook = await bench.open(2);
    const first = bob.reading.watch({ waitMs: 60_000, after: 0 });
    await bob.link.nc.flush();
    const second = hook.reading.watch({ waitMs: 60_000, after: 0 });
    assert.deepEqual(await first, { count: 0, from: [], newest: 0, replaced: true });
    const id = await post(alice, [2], "for the newer one");
    assert.deepEqual(await second, { count: 1, from: ["alice"], newest: id });
  },
);

onServer("calls that wait for one server that is away wait side by side", async (bench) => {
  const clock = new FastClock(20);
  const bob = await bench.open(2, { clock });
  await bench.stopServer();
  const beganMs = clock.monotonicMs();
  const checks = [1, 2, 3].map(() => bob.reading.check({ waitMs: 0 }));
  await Promise.all(checks.map((check) => assert.rejects(check, { code: "bus_down" })));
  assert.ok(clock.monotonicMs() - beganMs < 2 * limits.busDownMs);
  await bench.startServer();
  const alice = await bench.open(1);
  await post(alice, [2], "after it");
  assert.deepEqual(texts(await bob.reading.check({ waitMs: 60_000 })), ["after it"]);
});

onServer("what becomes of a message is told once to the processes of its sender", async (bench) => {
  const [alice, bob] = [await bench.open(1), await bench.open(2)];
  const id = await post(alice, [2], "one");
  const handed = await bob.reading.check({ waitMs: 0 });
  await handed.release();
  await (await bob.reading.check({ waitMs: 0 })).confirm();
  await bob.link.nc.flush();
  await alice.link.nc.flush();
  const news = (await alice.reading.check({ waitMs: 0 })).sent ?? [];
  assert.deepEqual(news.map((each) => [each.id, each.name, each.state]), [[id, "box-2", "read"]]);
  assert.equal((await alice.reading.check({ waitMs: 0 })).sent, undefined);
});
