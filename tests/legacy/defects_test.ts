// deno-lint-ignore-file camelcase -- the keys are those of the wire
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { limits } from "../../lib/core/limits.ts";
import { settled } from "../support/hub_bench.ts";
import { exchange, legacyBench, LegacyScripts } from "../support/legacy_scripts.ts";
import type { LegacyAnswer } from "../support/legacy_scripts.ts";

// What was wrong with the program of these scripts and is absent here; with a clock in desk_test.ts, with
// real processes in processes_test.ts.

const text = (item: LegacyAnswer) => item.message.content;

Deno.test("no request is cut off at 4,096 bytes: 9 KB arrive whole, 200 KB as a summary and a file", async () => {
  await using legacy = await legacyBench();
  const [bob, carol] = [await legacy.scripts("bob"), await legacy.scripts("carol")];
  const nine = "0123456789".repeat(900);
  const long = `First things first. Then the rest: ${"abcdefghij".repeat(20_480)}`;
  assert.equal((await bob.send("carol", nine)).message, "Message sent");
  const message = { content: long, data: { kind: "report" } };
  await bob.act("send", { from_id: "bob", to_id: "carol", message });
  await bob.send("claude", long);
  assert.deepEqual(await legacy.agent.texts(), [long]);
  assert.deepEqual(await carol.texts(), [nine]);
  const [item] = (await carol.check()).messages;
  const { large_message_file: path, ...data } = item.message.data;
  assert.match(item.message.content, /^First things first\..* Full content saved to: /);
  assert.ok(item.message.content.endsWith(path));
  assert.deepEqual(data, { kind: "report", original_size_kb: 200.1 });
  const whole = await Deno.readTextFile(path);
  assert.equal(whole, `${long}\n\n\`\`\`json data\n{"kind":"report"}\n\`\`\``);
  if (Deno.build.os !== "windows") assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("no answer is longer than scripts read: a megabyte comes in several checks, whole and in order", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const texts = Array.from({ length: 120 }, (_, n) => {
    const size = n % 7 === 3 ? 10 : 9_000;
    return `${n}: ${(n % 20 === 5 ? "\u0001" : n % 20 === 9 ? "é" : "x").repeat(size)}`;
  });
  for (const each of texts) await legacy.agent.bus.send({ to: ["bob"], text: each });
  const read: string[] = [];
  let checks = 0;
  for (;;) {
    const answer = await exchange(legacy.port, async (conn) => {
      const request = { action: "check", instance_id: "bob", session_token: bob.token };
      await conn.write(new TextEncoder().encode(JSON.stringify(request)));
    });
    assert.ok(new TextEncoder().encode(answer).length <= limits.legacyReplyBytes);
    const { messages } = JSON.parse(answer!);
    if (messages.length === 0) break;
    checks += 1;
    for (const { message: { content, data } } of messages) {
      read.push(data === undefined ? content : await Deno.readTextFile(data.large_message_file));
    }
  }
  assert.deepEqual(read, texts);
  assert.ok(checks > 20, `${checks} checks`);
});

Deno.test("no text fills an answer by its escapes: it becomes a summary and a file, and the next one comes", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const controls = "\u0001".repeat(limits.inlineTextBytes - 10);
  const data = `a\n\n\`\`\`json data\n"${"\\u0001".repeat(1_700)}"\n\`\`\``;
  for (const each of [controls, data, "last"]) {
    await legacy.agent.bus.send({ to: ["bob"], text: each });
  }
  const { messages } = await bob.check();
  const [first, second, third] = messages;
  assert.equal(await Deno.readTextFile(first.message.data.large_message_file), controls);
  assert.deepEqual(second.message, { content: "a", data: "\u0001".repeat(1_700) });
  assert.equal(text(third), "last");
  const quotes = Array.from({ length: 12 }, (_, n) => `${n}${'"'.repeat(4_000)}`);
  for (const each of quotes) await legacy.agent.bus.send({ to: ["bob"], text: each });
  const read: string[] = [];
  while (read.length < quotes.length) {
    const { messages } = await bob.check();
    assert.ok(JSON.stringify(messages).length <= limits.legacyReplyBytes);
    read.push(...messages.map(text));
  }
  assert.deepEqual(read, quotes);
});

Deno.test("no script takes another's name or queue by a rename that names it", async () => {
  await using legacy = await legacyBench();
  const [bob, eve] = [await legacy.scripts("bob"), await legacy.scripts("eve")];
  await legacy.agent.bus.send({ to: ["bob"], text: "for bob" });
  for (const old of ["bob", "claude", "nobody"]) {
    const answer = await eve.act("rename", { old_id: old, new_id: "stolen" });
    assert.deepEqual(answer, { status: "error", message: `Instance ${old} not found` });
  }
  assert.deepEqual(await bob.texts(), ["for bob"]);
  const spoken = { from_id: "bob", to_id: "claude", message: { content: "as bob?" } };
  await eve.act("send", spoken);
  const { messages } = await legacy.agent.bus.check({ waitMs: 0 });
  assert.deepEqual(messages.map(({ from }) => from), ["eve"]);
  assert.deepEqual((await eve.act("check", { instance_id: "bob" })).messages, []);
});

Deno.test("no list fails for a script that has registered", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  assert.equal((await bob.list()).status, "ok");
  assert.equal((await bob.act("list")).status, "ok", "without its instance_id, too");
});

Deno.test("no failure of a check looks like an empty queue", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  await legacy.agent.bus.send({ to: ["bob"], text: "there" });
  const strange = await bob.raw({ action: "check", instance_id: "bob", session_token: "x" });
  assert.deepEqual(Object.keys(strange), ["status", "message"]);
  for (let n = 0; n < 100; n++) await bob.list();
  const limited = await bob.check();
  assert.equal(limited.status, "error");
  assert.equal(limited.messages, undefined);
});

Deno.test("no token stays with the former name after a rename, and no message is stranded there", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  await legacy.agent.bus.send({ to: ["bob"], text: "before" });
  await bob.rename("rob");
  await legacy.agent.bus.send({ to: ["bob"], text: "to the old name" });
  await legacy.agent.bus.send({ to: ["rob"], text: "to the new name" });
  await bob.send("claude", "hi");
  const { messages } = await legacy.agent.bus.check({ waitMs: 0 });
  assert.deepEqual(messages.map(({ from }) => from), ["hustings", "rob"]);
  const items = (await bob.check()).messages;
  assert.deepEqual(items.map(text), ["before", "to the old name", "to the new name"]);
  assert.deepEqual(items.map(({ to }: LegacyAnswer) => to), ["rob", "rob", "rob"]);
  const again = await bob.act("rename", { old_id: "bob", new_id: "bert" });
  assert.equal(again.message, "Instance bob not found");
  assert.deepEqual((await bob.check()).messages, [], "what was read before the rename stays read");
});

Deno.test("no second token for a name works: a new registration ends those before, and has the queue", async () => {
  await using legacy = await legacyBench();
  const [first, second] = [await legacy.scripts("bob"), await legacy.scripts()];
  await legacy.agent.bus.send({ to: ["bob"], text: "one" });
  assert.equal((await second.register("BOB")).message, "Registered BOB with 1 queued messages");
  for (const action of ["check", "send", "list", "rename", "broadcast"]) {
    const fields = { instance_id: "bob", from_id: "bob" };
    assert.equal((await first.act(action, fields)).message, "Invalid or missing session token");
  }
  assert.deepEqual(await second.texts(), ["one"]);
});

Deno.test("no broadcast fills the queue of a name that nobody has, or one that is full", async () => {
  await using legacy = await legacyBench();
  const [bob] = [await legacy.scripts("bob"), await legacy.scripts("carol")];
  await bob.send("nobody", "one");
  const all = { from_id: bob.name, message: { content: "all" } };
  assert.equal((await bob.act("broadcast", all)).message, "Broadcast to 2 instances");
  for (let n = 0; n < limits.legacyQueue; n++) {
    await legacy.agent.bus.send({ to: ["carol"], text: "x" });
  }
  const answer = await bob.act("broadcast", all);
  assert.equal(answer.message, "Broadcast to 1 instances; message queue full for carol");
  const { members, unclaimed } = await legacy.agent.bus.list();
  assert.deepEqual(unclaimed, [{ name: "nobody", unread: 1 }]);
  assert.equal(members.find(({ name }) => name === "carol")?.unread, limits.legacyQueue + 1);
});

/** Resolves once this message is in that state for its only reader. */
async function reached(legacy: Awaited<ReturnType<typeof legacyBench>>, id: number, state: string) {
  for (;;) {
    const { entries } = await legacy.agent.bus.history({ limit: 5 });
    if (entries.find((entry) => entry.id === id)?.to[0]?.state === state) return;
    await settled();
  }
}

for (const bytes of [0, 1_000]) {
  Deno.test(`no message is lost with a script that dies after ${bytes} bytes of the answer`, async () => {
    await using legacy = await legacyBench();
    const bob = await legacy.scripts("bob");
    const { id } = await legacy.agent.bus.send({ to: ["bob"], text: "x".repeat(9_000) });
    const request = { action: "check", instance_id: "bob", session_token: bob.token };
    const script = fileURLToPath(import.meta.resolve("../support/deaf_script.ts"));
    const args = ["run", "-A", script, String(legacy.port), String(bytes), JSON.stringify(request)];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    await child.stdout.getReader().read();
    await reached(legacy, id, "handed");
    child.kill("SIGKILL");
    await child.status;
    assert.equal((await bob.texts()).length, 1);
    await reached(legacy, id, "read");
  });
}

Deno.test("no message is lost with a script that hangs up without reading, at whatever moment", async () => {
  await using legacy = await legacyBench();
  for (const name of ["bob", "rob"]) {
    const script = await legacy.scripts(name);
    const request = { action: "check", instance_id: name, session_token: script.token };
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    for (let n = 0; n < 45; n++) {
      await legacy.agent.bus.send({ to: [name], text: `message ${n}` });
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: legacy.port });
      await conn.write(bytes);
      for (let turn = 0; turn < n % 15; turn++) await settled();
      conn.close();
      assert.deepEqual(await script.texts(), [`message ${n}`]);
    }
  }
});

Deno.test("no connection that says nothing, or half a request, keeps others waiting", async () => {
  await using legacy = await legacyBench();
  const idle = await Promise.all(["", "{", '{"action":"check"'].map(async (said) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: legacy.port });
    await conn.write(new TextEncoder().encode(said));
    return conn;
  }));
  using bob = new LegacyScripts(legacy.port);
  assert.equal((await bob.register("bob")).status, "ok");
  for (const conn of idle) conn.close();
});

Deno.test("no request runs a command or reads a file", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  for (
    const action of ["share_command", "share_file", "auto_process", "constructor", "__proto__"]
  ) {
    const answer = await bob.act(action, { from_id: "bob", to_id: "claude", command: "id" });
    assert.deepEqual(answer, { status: "error", message: `Unknown action: ${action}` });
  }
});

Deno.test("no name ends with a newline, and no content but a text is taken", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  assert.match((await bob.register("rob\n")).message, /^Invalid instance ID format/);
  assert.equal((await bob.send("claude\n", "x")).message, "Invalid recipient ID format");
  const renamed = await bob.act("rename", { old_id: "bob", new_id: "rob\n" });
  assert.equal(renamed.message, "Invalid new instance ID format");
  for (const content of [null, 1, true, [], {}]) {
    const fields = { from_id: "bob", to_id: "claude", message: { content } };
    assert.match((await bob.act("send", fields)).message, /^'content' must be a string: it is /);
  }
});
