import assert from "node:assert/strict";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const shop = { client: "claude", directory: "/home/ann/shop" };

async function leave(...members: HubMember[]): Promise<void> {
  for (const member of members) member.session.end();
  await settled();
}

Deno.test("conversation that is taken up again has its name again, whichever comes back first", async () => {
  for (const order of [["s-1", "s-2"], ["s-2", "s-1"]]) {
    using bench = new HubBench();
    const names = new Map<string, string>();
    const first = await bench.join({ ...shop, session: "s-1" });
    const second = await bench.join({ ...shop, session: "s-2" });
    names.set("s-1", "claude-shop").set("s-2", "claude-shop-2");
    await leave(second, first);
    for (const session of order) {
      assert.equal((await bench.open().hello({ ...shop, session })).name, names.get(session));
    }
  }
});

Deno.test("new conversation takes a name that is free, and the old one gets another when it comes back", async () => {
  using bench = new HubBench();
  await leave(await bench.join({ ...shop, session: "s-1" }));
  assert.equal((await bench.open().hello({ ...shop, session: "s-3" })).name, "claude-shop");
  assert.equal((await bench.open().hello({ ...shop, session: "s-1" })).name, "claude-shop-2");
});

Deno.test("conversation keeps a name that it chose, across its end", async () => {
  using bench = new HubBench();
  const zoe = await bench.join({ ...shop, session: "s-1" });
  await zoe.ask({ op: "rename", name: "zoe" });
  const other = await bench.join({ ...shop, session: "s-2" });
  await leave(zoe, other);
  assert.equal((await bench.open().hello({ ...shop, session: "s-1" })).name, "zoe");
});

Deno.test("process that learns its conversation late takes up that one's name and leaves the first", async () => {
  using bench = new HubBench();
  const codex = { client: "codex", directory: "/home/ann/shop" };
  const first = await bench.join({ ...codex, session: "t-1" });
  const second = await bench.join({ ...codex, session: "t-2" });
  const writer = await bench.join({ client: "gemini", directory: "/b" });
  await leave(first, second);
  await writer.send(["codex-shop"], "for the first");
  await writer.send(["codex-shop-2"], "for the second");
  const back = bench.open();
  await back.hello(codex);
  assert.equal((await back.hello({ ...codex, session: "t-1" })).name, "codex-shop");
  assert.deepEqual(await back.texts(), ["for the first"]);
  const late = bench.open();
  assert.equal((await late.hello({ ...codex, session: "t-2" })).name, "codex-shop-2");
  assert.deepEqual(await late.texts(), ["for the second"]);
});

Deno.test("name that was asked for is kept when the conversation becomes known", async () => {
  using bench = new HubBench();
  await leave(await bench.join({ ...shop, session: "s-1" }));
  const member = bench.open();
  await member.hello({ ...shop, name: "zoe" });
  assert.equal((await member.hello({ ...shop, name: "zoe", session: "s-1" })).name, "zoe");
});

Deno.test("branch that a member works on is listed, and the newest one", async () => {
  using bench = new HubBench();
  const member = await bench.join({ ...shop, branch: "main" });
  const branch = async () => (await member.ask({ op: "list" })).members[0]!.branch;
  assert.equal(await branch(), "main");
  await member.hello({ ...shop, branch: "till" });
  assert.equal(await branch(), "till");
});

Deno.test("new conversation leaves a name that another one may come back to, where it can have another", async () => {
  using bench = new HubBench();
  const [plain, known] = [await bench.join(shop), await bench.join({ ...shop, session: "s-1" })];
  await leave(plain);
  await bench.turn(10);
  await leave(known);
  assert.equal((await bench.open().hello({ ...shop, session: "s-2" })).name, "claude-shop");
  assert.equal((await bench.open().hello({ ...shop, session: "s-1" })).name, "claude-shop-2");
});
