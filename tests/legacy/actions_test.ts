// deno-lint-ignore-file camelcase -- the keys are those of the wire
import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { writeLegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { legacyBench, proofOf } from "../support/legacy_scripts.ts";

const error = (message: string) => ({ status: "error", message });
const ok = (message: string) => ({ status: "ok", message });

Deno.test("register answers a token of 43 characters, and how many messages waited for the name", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts();
  const first = await bob.register("bob");
  assert.deepEqual(Object.keys(first), ["status", "session_token", "message"]);
  assert.match(first.session_token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(first.message, "Registered bob");
  await legacy.agent.bus.send({ to: ["carol"], text: "one" });
  await bob.send("carol", "two");
  const carol = await legacy.scripts();
  assert.equal((await carol.register("carol")).message, "Registered carol with 2 queued messages");
  assert.deepEqual(await carol.texts(), ["one", "two"]);
});

Deno.test("register refuses a name of another form with the text that scripts know", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts();
  const text =
    "Invalid instance ID format. Use 1-32 alphanumeric characters, hyphens, or underscores.";
  for (const name of ["", "a b", "x".repeat(33), "é", "bob\n"]) {
    assert.deepEqual(await bob.register(name), error(text), JSON.stringify(name));
  }
  assert.deepEqual(await bob.raw({ action: "register" }), error("'instance_id'"));
  const wrong = await bob.raw({ action: "register", instance_id: 7 });
  assert.deepEqual(wrong, error("'instance_id' must be a string: it is 7"));
});

Deno.test("register refuses names that nobody can have, that an agent or a terminal has, and that forward", async () => {
  await using legacy = await legacyBench();
  const terminal = legacy.bench.start();
  await terminal.bus.join({ client: "terminal", directory: "/shop", shared: true, name: "ann" });
  await terminal.bus.leave();
  const bob = await legacy.scripts("bob");
  await bob.rename("rob");
  const eve = await legacy.scripts();
  for (const name of ["claude", "CLAUDE", "ann"]) {
    assert.match((await eve.register(name)).message, /is the name of an agent on this bus/);
  }
  assert.match((await eve.register("system")).message, /reserved/);
  assert.match((await eve.register("bob")).message, /'bob' was renamed to 'rob'.*forwards/);
  assert.equal((await bob.list()).instances.length, 3);
});

Deno.test("send says whether the message was sent, waits for a name, or was forwarded", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const rob = await legacy.scripts("carol");
  assert.deepEqual(await bob.send("carol", "hi"), ok("Message sent"));
  assert.deepEqual(await bob.send("claude", "hi"), ok("Message sent"));
  assert.deepEqual(
    await bob.send("nobody", "hi"),
    ok("Message queued for nobody (not yet registered)"),
  );
  await rob.rename("rob");
  assert.deepEqual(await bob.send("carol", "you"), ok("Message forwarded from carol to rob"));
  assert.deepEqual(await rob.texts(), ["hi", "you"]);
});

Deno.test("send refuses a recipient of another form, a full queue, and what is missing or of a wrong type", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const good = { from_id: "bob", to_id: "claude", message: { content: "x" } };
  const cases: [Record<string, unknown>, string | RegExp][] = [
    [{ ...good, to_id: "*" }, "Invalid recipient ID format"],
    [{ ...good, to_id: "#shop" }, "Invalid recipient ID format"],
    [{ ...good, to_id: "bob\n" }, "Invalid recipient ID format"],
    [{ to_id: "claude", message: { content: "x" } }, "'from_id'"],
    [{ from_id: "bob", message: { content: "x" } }, "'to_id'"],
    [{ from_id: "bob", to_id: "claude" }, "'message'"],
    [{ ...good, message: {} }, "'content'"],
    [{ ...good, message: "x" }, `'message' must be an object with 'content': it is "x"`],
    [{ ...good, message: { content: null } }, "'content' must be a string: it is null"],
    [{ ...good, message: { content: 5 } }, "'content' must be a string: it is 5"],
    [{ ...good, to_id: ["claude"] }, "'to_id' must be a string: it is a list"],
    [{ ...good, message: { content: " " } }, /empty/],
  ];
  for (const [fields, message] of cases) {
    const answer = await bob.act("send", fields);
    assert.equal(answer.status, "error");
    if (typeof message === "string") assert.equal(answer.message, message);
    else assert.match(answer.message, message);
  }
  assert.deepEqual(await legacy.agent.texts(), []);
  for (let n = 0; n < limits.legacyQueue; n++) {
    await legacy.agent.bus.send({ to: ["late"], text: "x" });
  }
  const full = error("Message queue full for late (100 message limit)");
  assert.deepEqual(await bob.send("late", "one more"), full);
});

Deno.test("broadcast reaches agents and scripts but its sender, and says how many", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const carol = await legacy.scripts("carol");
  const fields = { message: { content: "all" } };
  const all = { from_id: "bob", ...fields };
  assert.deepEqual(await bob.act("broadcast", all), ok("Broadcast to 2 instances"));
  assert.deepEqual(await carol.texts(), ["all"]);
  assert.deepEqual(await legacy.agent.texts(), ["all"]);
  assert.deepEqual(await bob.texts(), []);
  assert.deepEqual(await bob.act("broadcast", fields), error("'from_id'"));
  assert.deepEqual(await bob.act("broadcast", { from_id: "bob" }), error("'message'"));
});

Deno.test("check answers items with from, to, timestamp, content and data, then none", async () => {
  await using legacy = await legacyBench();
  const [bob, carol] = [await legacy.scripts("bob"), await legacy.scripts("carol")];
  const data = { list: [1, "two", null], "```": "fence\n```" };
  const message = { content: "look\n\nhere", data };
  await bob.act("send", { from_id: "bob", to_id: "carol", message });
  await legacy.agent.bus.send({ to: ["carol"], text: "plain" });
  const { status, messages } = await carol.check();
  assert.equal(status, "ok");
  const [first, second] = messages;
  assert.deepEqual(Object.keys(first), ["from", "to", "timestamp", "message"]);
  assert.match(first.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}000)?$/);
  assert.deepEqual({ ...first, timestamp: "" }, {
    from: "bob",
    to: "carol",
    timestamp: "",
    message,
  });
  assert.deepEqual([second.from, second.message], ["claude", { content: "plain" }]);
  assert.deepEqual(await carol.check(), { status: "ok", messages: [] });
  assert.deepEqual(await carol.act("check"), error("'instance_id'"));
});

Deno.test("list answers everybody with the time when it was seen last", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const { status, instances } = await bob.list();
  assert.equal(status, "ok");
  assert.deepEqual(instances.map(({ id }: { id: string }) => id), ["claude", "bob"]);
  for (const instance of instances) {
    assert.deepEqual(Object.keys(instance), ["id", "last_seen"]);
    assert.match(instance.last_seen, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}000)?$/);
  }
});

Deno.test("rename answers with both names, and refuses in the order and words that scripts know", async () => {
  await using legacy = await legacyBench();
  const [bob, carol] = [await legacy.scripts("bob"), await legacy.scripts("carol")];
  const rename = (old: string, now: string) => bob.act("rename", { old_id: old, new_id: now });
  assert.deepEqual(await rename("bob", "a b"), error("Invalid new instance ID format"));
  assert.deepEqual(await rename("carol", "eve"), error("Instance carol not found"));
  for (const taken of ["carol", "claude", "Claude", "bob"]) {
    assert.deepEqual(await rename("bob", taken), error(`Instance ${taken} already exists`));
  }
  assert.match((await rename("bob", "system")).message, /reserved/);
  assert.deepEqual(await bob.act("rename", { new_id: "x" }), error("'old_id'"));
  assert.deepEqual(await bob.act("rename", { old_id: "bob" }), error("'new_id'"));
  assert.deepEqual(await bob.rename("rob"), ok("Renamed bob to rob"));
  const soon = error("Rate limit: can rename again in 60 minutes");
  assert.deepEqual(await rename("rob", "bert"), soon);
  const [notice] = (await carol.check()).messages;
  assert.deepEqual([notice.from, notice.message.content], [
    "system",
    "\u{1f4dd} bob renamed to rob",
  ]);
  assert.deepEqual(await legacy.agent.texts(), [
    "bob is now called rob. Messages to bob still reach it for 2 hours.",
  ]);
});

Deno.test("every action but register asks for the token before anything else", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const refusal = error("Invalid or missing session token");
  const own = bob.token;
  const forged = `${own.slice(0, 20)}${own[20] === "A" ? "B" : "A"}${own.slice(21)}`;
  const tokens = [undefined, null, 7, "", "x", "A".repeat(43), forged, `${own}A`, own.slice(1)];
  for (const token of tokens) {
    for (const action of ["send", "broadcast", "check", "list", "rename", "fly", undefined]) {
      const answer = await bob.raw({ action, session_token: token, instance_id: "bob" });
      assert.deepEqual(answer, refusal, `${action} with ${token}`);
    }
  }
  assert.deepEqual(await bob.act("fly"), error("Unknown action: fly"));
  assert.deepEqual(await bob.raw({ session_token: own }), error("'action'"));
});

Deno.test("a name has 100 requests in a minute, and 100 registrations, and the agents are not held up", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  for (let n = 0; n < 100; n++) assert.equal((await bob.list()).status, "ok");
  const refusal = error("Rate limit exceeded. Please wait before sending more requests.");
  assert.deepEqual(await bob.list(), refusal);
  assert.deepEqual(await bob.act("fly"), refusal);
  for (let n = 1; n < 100; n++) assert.equal((await bob.register("bob")).status, "ok");
  assert.deepEqual(
    await bob.register("bob"),
    error("Too many registration attempts. Please wait."),
  );
  const carol = await legacy.scripts("carol");
  assert.equal((await carol.send("claude", "hi")).status, "ok");
  assert.deepEqual(await legacy.agent.texts(), ["hi"]);
});

Deno.test("with a secret only who knows it can register", async () => {
  const secret = "hush";
  await using legacy = await legacyBench({ mode: "secret", secret });
  const bob = await legacy.scripts();
  const register = (proof: unknown) =>
    bob.raw({ action: "register", instance_id: "bob", auth_token: proof });
  const proofs = [undefined, null, "", secret, proofOf("rob", secret), proofOf("bob", "hash"), 5];
  for (const proof of [...proofs, proofOf("bob", secret).toUpperCase()]) {
    assert.deepEqual(await register(proof), error("Invalid auth token"), String(proof));
  }
  assert.equal((await bob.register("bob", secret)).message, "Registered bob");
  assert.equal((await bob.send("claude", "hi")).message, "Message sent");
});

Deno.test("a token is good under the setting in which it was given, and under no other", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const { legacy: path } = legacy.bench.directory;
  const settings = [
    { mode: "secret", secret: "one" },
    { mode: "secret", secret: "two" },
    { mode: "open" },
  ] as const;
  for (const setting of settings) {
    writeLegacySetting(path, setting);
    assert.equal((await bob.list()).status, setting.mode === "open" ? "ok" : "error");
  }
});
