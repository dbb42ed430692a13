import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { DeskBench } from "../support/desk_bench.ts";
import { seeded } from "../support/seeded.ts";
import type { SeededRandom } from "../support/seeded.ts";

// Scripts with a token, or without one, that say what none of claude-ipc-mcp would.

const actions = ["register", "send", "broadcast", "check", "list", "rename", "", "toString"];
const keys = ["instance_id", "from_id", "to_id", "old_id", "new_id", "message", "auth_token"];
const names = ["bob", "BOB", "eve", "claude", "system", "hustings", "*", "#room", "a b", "", "b\n"];

function valueOf(random: SeededRandom): unknown {
  const strange = [null, true, -1, 1e308, [], {}, [[]], "\ud800", "x".repeat(70_000), "\u0000"];
  if (random.whole(0, 2) > 0) return random.pick(names);
  return random.pick([...strange, { content: random.pick(strange) }]);
}

function messageOf(random: SeededRandom): unknown {
  if (random.whole(0, 3) === 0) return valueOf(random);
  const content = random.whole(0, 3) === 0 ? valueOf(random) : `text ${random.whole(0, 99)}`;
  return random.whole(0, 1) === 0 ? { content } : { content, data: valueOf(random) };
}

seeded(
  "whatever a script says is answered in short, and nobody else's name or message is its own",
  async (random, rounds) => {
    using bench = await DeskBench.create();
    const session = bench.hub.open({ reply: () => {} });
    const who = { instance: "agent", client: "claude", directory: "/shop", pid: 1, name: "claude" };
    await bench.hub.join(session, { op: "hello", ...who });
    const agent = session.membership!.mailbox;
    const first = await bench.ask({ action: "register", ["instance_id"]: "bob" });
    let token = first.session_token;
    for (let round = 0; round < rounds; round++) {
      const request: Record<string, unknown> = { action: random.pick(actions) };
      for (const key of keys) {
        if (random.whole(0, 4) === 0) continue;
        request[key] = key === "message" ? messageOf(random) : valueOf(random);
      }
      if (random.whole(0, 9) > 0) request["session_token"] = token;
      const answer = await bench.ask(request);
      const said = JSON.stringify(answer);
      assert.ok(answer.status === "ok" || typeof answer.message === "string", said);
      assert.ok(said.length <= limits.legacyReplyBytes, `${said.length} characters`);
      assert.doesNotMatch(said, /Internal fault/);
      if (answer.session_token !== undefined) token = answer.session_token;
      for (const { to } of answer.messages ?? []) assert.notEqual(to, "claude");
      bench.time.advance(bench.time.nowMs + 2_000);
    }
    const { members } = await bench.hub.carryOut(session, { id: 1, operation: { op: "list" } }) as {
      members: { name: string; me?: true }[];
    };
    assert.deepEqual(members.filter(({ me }) => me).map(({ name }) => name), ["claude"]);
    assert.equal(session.membership!.mailbox, agent);
  },
);
