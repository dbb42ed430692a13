// deno-lint-ignore-file camelcase -- the keys are those of the wire
import assert from "node:assert/strict";
import { agentPair } from "../support/agent_pair.ts";
import type { HustingsProcess } from "../support/hustings_process.ts";
import { LegacyScripts } from "../support/legacy_scripts.ts";
import type { LegacyAnswer } from "../support/legacy_scripts.ts";
import { writeLegacySetting } from "../../lib/member/legacy/legacy_setting.ts";

function openLegacy({ home }: HustingsProcess): void {
  Deno.mkdirSync(home, { mode: 0o700 });
  writeLegacySetting(`${home}/legacy.json`, { mode: "open" });
}

/** What `ask` brings once a broker is there again: a script meets a closed port or connection until then. */
async function fromNextBroker<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

Deno.test("a script, a terminal and an agent talk to each other, each seeing the others as they are", async () => {
  await using pair = await agentPair(openLegacy);
  const { bus, bob } = pair;
  using script = new LegacyScripts(bus.port);
  await script.register("ci");
  assert.equal((await script.send("terminal-shop", "build 7?")).status, "ok");
  const { messages } = await bus.json(["check"]) as LegacyAnswer;
  assert.deepEqual(messages.map(({ from, text }: LegacyAnswer) => [from, text]), [
    ["ci", "build 7?"],
  ]);
  const receipt = await bus.run(["send", "ci", "green"]);
  assert.match(receipt.stdout, /ci: is a script that checks now and then, last /);
  const sent = await bob.call("send", { to: "ci", text: "red here" });
  assert.match(sent.text, /ci: a script, checks now and then, last /);
  const items = (await script.check()).messages;
  assert.deepEqual(items.map(({ from, message }: LegacyAnswer) => [from, message.content]), [
    ["terminal-shop", "green"],
    ["bob", "red here"],
  ]);
  const message = { content: "look", data: { build: 8 } };
  await script.act("send", { from_id: "ci", to_id: "bob", message });
  const read = await bob.call("check");
  assert.match(read.text, /from ci.*:\n> look\n>\n> ```json data\n> \{"build":8\}\n> ```/);
  const listed = await bob.call("list");
  assert.match(listed.text, /^ci: legacy script; checks now and then, last /m);
  const { members } = await bus.json(["list"]) as LegacyAnswer;
  const member = members.find(({ name }: LegacyAnswer) => name === "ci");
  assert.deepEqual([member.client, member.presence], ["legacy", "away"]);
  const { entries } = await bus.json(["history", "--with", "ci"]) as LegacyAnswer;
  assert.equal(entries.find((entry: LegacyAnswer) => entry.text === "green").to[0].state, "read");
});

Deno.test("no token, name or message goes with the broker: another one takes over in the middle of a check", async () => {
  await using pair = await agentPair(openLegacy);
  const { bus, bob, rob } = pair;
  using script = new LegacyScripts(bus.port);
  await script.register("old");
  await script.rename("ci");
  await bob.call("send", { to: "ci", text: "one" });
  const held = await Deno.connect({ hostname: "127.0.0.1", port: bus.port });
  const check = { action: "check", instance_id: "ci", session_token: script.token };
  await held.write(new TextEncoder().encode(JSON.stringify(check)));
  assert.notEqual(await held.read(new Uint8Array(1)), null, "the broker waits for this script now");
  const { broker } = await bus.json(["status"]) as { broker: { pid: number } };
  const [first, second] = broker.pid === bob.pid ? [bob, rob] : [rob, bob];
  Deno.kill(first.pid, "SIGKILL");
  held.close();
  const { instances } = await fromNextBroker(() => script.list());
  assert.ok(instances.some(({ id }: LegacyAnswer) => id === "ci"));
  await second.call("send", { to: "old", text: "two" });
  const read: string[] = [];
  while (read.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 50)); // more would be beyond its rate
    read.push(...await script.texts());
  }
  assert.deepEqual(read.sort(), ["one", "two"]);
  assert.equal((await script.send("nobody-yet", "x")).status, "ok");
});
