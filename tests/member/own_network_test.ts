import assert from "node:assert/strict";
import { readEndpoint } from "../../lib/member/endpoint_file.ts";
import { ownNetwork } from "../../lib/member/own_network.ts";
import { noNamespace, runElsewhere } from "../campaigns/namespace_campaign.ts";
import { MemberBench } from "../support/member_bench.ts";

const module = import.meta.resolve("../../lib/member/own_network.ts");
const telling = `const { ownNetwork } = await import("${module}"); console.log(ownNetwork())`;
const tell = [Deno.execPath(), "eval", telling];

function said([command, ...args]: readonly string[]): string {
  const { stdout } = new Deno.Command(command!, { args }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("network has the same name for every process in it", () => {
  assert.ok(ownNetwork());
  assert.equal(said(tell), ownNetwork());
});

const obstacle = noNamespace();
Deno.test({
  name: `network has another name in another namespace${obstacle ? ` (${obstacle})` : ""}`,
  ignore: obstacle !== undefined,
  fn: () => {
    const other = said([...runElsewhere, ...tell]);
    assert.ok(other !== "undefined" && other !== ownNetwork(), other);
  },
});

Deno.test("broker tells in which network it listens once it has served for a moment", async () => {
  await using bench = await MemberBench.create();
  using watcher = Deno.watchFs(bench.directory.path);
  await bench.join("alice");
  const { holder, endpoint } = bench.directory;
  const networks = () => [holder, endpoint].map((path) => readEndpoint(path)?.network);
  for await (const _change of watcher) if (networks().every(Boolean)) break;
  assert.deepEqual(networks(), [ownNetwork(), ownNetwork()]);
});
