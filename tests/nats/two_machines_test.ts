import { deepEqual, equal, match, ok } from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { McpClient } from "../support/mcp_client.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

/** The ports of this machine on which the process `pid` listens, where the system tells. */
async function listens(pid: number): Promise<number[]> {
  if (Deno.build.os !== "linux") return [];
  const own = new Set<string>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    own.add(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
  }
  const lines = (await Deno.readTextFile("/proc/net/tcp")).trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && own.has(fields[9]!))
    .map((fields) => parseInt(fields[1]!.split(":")[1]!, 16));
}

/** Binds each port of the bus of `machine`: none is taken. */
function bindAll({ port: base }: HustingsProcess): void {
  for (let port = base; port < base + limits.portCount; port++) {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  }
}

onNats("agents on two machines talk through NATS, and none of them has a port", async () => {
  await using server = await NatsServer.start();
  const env = { HUSTINGS_URL: `nats://${server.host}` };
  await using near = await HustingsProcess.create();
  await using far = await HustingsProcess.create();
  await using alice = await McpClient.start(near, { announced: "alice", env });
  await using bob = await McpClient.start(far, { announced: "bob", env });
  const joined = await alice.call("list");
  equal(joined.fields.you, "alice-shop");
  equal((await bob.call("list")).fields.you, "bob-shop");

  const waiting = bob.call("check", { wait_s: 50 });
  const asked = await alice.call("send", { to: "bob-shop", text: "How far is the till?" });
  equal(asked.fields.state, "on disk");
  const { fields: { messages: [question] } } = await waiting;
  deepEqual([question.id, question.from, question.text].map(String), [
    String(asked.fields.id),
    "alice-shop",
    "How far is the till?",
  ]);
  const replies = bob.call("send", {
    text: "Done by noon. And yours?",
    reply_to: question.id,
    wait_s: 50,
  });
  const { fields: { messages: [answer], sent } } = await alice.call("check", { wait_s: 50 });
  equal(answer.text, "Done by noon. And yours?");
  if (sent !== undefined) match(JSON.stringify(sent), /bob-shop: (read|answered)/);
  await alice.call("send", { text: "By one.", reply_to: answer.id });
  equal((await replies).fields.replies[0].text, "By one.");
  const { text } = await alice.call("history", { limit: 1, before: asked.fields.id + 1 });
  match(text, /bob-shop: answered/);

  for (const { pid } of [alice, bob]) deepEqual(await listens(pid), []);
  bindAll(near);
  bindAll(far);
});

onNats(
  "terminal on another machine joins by a URL once, and is on that bus from then on",
  async () => {
    await using server = await NatsServer.start();
    const url = `nats://${server.host}/team`;
    await using near = await HustingsProcess.create();
    await using far = await HustingsProcess.create();
    await using alice = await McpClient.start(near, {
      announced: "alice",
      env: { HUSTINGS_URL: url },
    });
    await alice.call("list");
    const joined = await far.run(["join", url]);
    equal(joined.code, 0, joined.stderr);
    const { code, stdout, stderr } = await far.run(["send", "alice-shop", "hello from afar"]);
    equal(code, 0, stderr);
    match(stdout, /alice-shop/);
    const { fields } = await alice.call("check", { wait_s: 50 });
    equal(fields.messages[0].text, "hello from afar");
    const kept = await Deno.stat(`${far.home}/url`);
    ok(Deno.build.os === "windows" || (kept.mode! & 0o777) === 0o600, "nobody else reads it");
  },
);
