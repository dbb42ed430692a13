import assert from "node:assert/strict";
import type { TallyResult } from "../../lib/cli/import/tally.ts";
import { limits } from "../../lib/core/limits.ts";
import type { CheckResult, ListResult, Receipt } from "../../lib/core/types.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { LegacyStoreBench } from "./legacy_store_bench.ts";

type Told = TallyResult & { readonly path: string; readonly dryRun: boolean };

/** Deno looks for its packages below HOME, which these tests move, unless it is told where they are. */
const { denoDir } = JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  ),
) as { denoDir: string };

/** Where the program that is left keeps its database, for a user whose home is that of the test. */
async function legacyPlace(bus: HustingsProcess) {
  await Deno.mkdir(`${bus.root}/.claude-ipc-data`);
  return {
    path: `${bus.root}/.claude-ipc-data/messages.db`,
    env: { HOME: bus.root, DENO_DIR: denoDir },
  };
}

const usual = { at: "2026-11-20T14:03:07.123456", written: "2026-11-20 14:03:07" };
const mark = `(imported from claude-ipc-mcp; written ${usual.written})\n\n`;

Deno.test("import brings unread messages, names and forwardings once, and leaves the file as it is", async () => {
  await using bus = await HustingsProcess.create();
  const { path, env } = await legacyPlace(bus);
  using legacy = new LegacyStoreBench(path);
  legacy.message({ content: "read already", read: true });
  legacy.message({ content: "Shared file: /a", data: { type: "file", content: "one\ntwo" } });
  legacy.message({ to: "wilma\n", from: "barney", content: "begins", file: "/l/large.md" });
  legacy.message({ to: "willy", content: "to a former name" });
  legacy.instance("pebbles");
  legacy.instance("willy");
  legacy.renamed("willy", "wilma", new Date(Date.now() - limits.forwardMs / 2));
  const before = await Deno.readFile(path);

  const told = await bus.json(["import"], { env }) as Told;
  assert.deepEqual(told, {
    path,
    dryRun: false,
    messages: { new: 3, known: 0 },
    names: { new: 1, known: 0 },
    forwards: { new: 1, known: 0 },
    leftOut: [],
  });
  const again = await bus.run(["import", path]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(
    again.stdout,
    /^Took 0 unread messages \(3 more are here already\), 0 names \(1 more is .*, 0 forwardings/,
  );
  assert.deepEqual(await Deno.readFile(path), before);
  const files = await Array.fromAsync(Deno.readDir(`${bus.root}/.claude-ipc-data`));
  assert.deepEqual(files.map(({ name }) => name), ["messages.db"]);

  const { unclaimed } = await bus.json(["list"]) as ListResult;
  assert.deepEqual(unclaimed, [{ name: "barney", unread: 1 }, { name: "wilma", unread: 2 }]);
  const { messages: [first] } = await bus.json(["check", "--as", "barney"]) as CheckResult;
  assert.deepEqual([first?.from, first?.text], [
    "fred",
    `${mark}Shared file: /a\n\ntype: file\n\ncontent:\none\ntwo`,
  ]);
  const { messages } = await bus.json(["check", "--as", "wilma"]) as CheckResult;
  assert.deepEqual(messages.map(({ from, text }) => [from, text]), [
    ["barney", `${mark}begins\n\nThe whole text is in /l/large.md`],
    ["fred", `${mark}to a former name`],
  ]);
  const { recipients } = await bus.json(["send", "willy", "hi"]) as Receipt;
  assert.deepEqual(recipients.map(({ name, writtenAs }) => [name, writtenAs]), [[
    "wilma",
    "willy",
  ]]);
});

Deno.test("import leaves out what no agent can be called, says so, and ends with 5", async () => {
  await using bus = await HustingsProcess.create();
  const path = `${bus.root}/legacy.db`;
  using legacy = new LegacyStoreBench(path);
  legacy.message({ from: "system", content: "no agent" });
  legacy.message({ content: "good" });
  legacy.message({ content: "x".repeat(limits.textBytes + 1) });
  for (const args of [["--dry-run"], []]) {
    const { code, stdout } = await bus.run(["import", path, ...args]);
    assert.equal(code, 5);
    assert.match(stdout, /^(Took|Would take) 1 unread message, 0 names, 0 forwardings/);
    assert.match(
      stdout,
      /\n {2}left out: message 1 from 'system' to 'barney': 'system' is reserved/,
    );
    assert.match(stdout, /\n {2}left out: message 3 from 'fred' to 'barney': The text has 1048/);
  }
});

Deno.test("import that is only tried out takes nothing", async () => {
  await using bus = await HustingsProcess.create();
  const { path, env } = await legacyPlace(bus);
  using legacy = new LegacyStoreBench(path);
  for (let n = 0; n < limits.importedMessages + 1; n++) legacy.message({ content: `${n}` });
  const { code, stdout } = await bus.run(["import", "--dry-run"], { env });
  assert.equal(code, 0);
  assert.match(stdout, /^Would take 101 unread messages, .*Nothing was changed\.\n$/);
  assert.deepEqual((await bus.json(["list"]) as ListResult).unclaimed, []);
  const told = await bus.json(["import"], { env }) as Told;
  assert.deepEqual(told.messages, { new: 101, known: 0 });
  const { messages } = await bus.json(["check", "--as", "barney"]) as CheckResult;
  assert.deepEqual(messages.slice(0, 2).map(({ text }) => text), [`${mark}0`, `${mark}1`]);
});

Deno.test("import reads what is on disk while the other program is in the middle of a change", async () => {
  await using bus = await HustingsProcess.create();
  const path = `${bus.root}/legacy.db`;
  using legacy = new LegacyStoreBench(path);
  legacy.message({ content: "on disk" });
  legacy.begin();
  legacy.message({ content: "not yet" });
  const told = await bus.json(["import", path]) as Told;
  assert.deepEqual(told.messages, { new: 1, known: 0 });
  legacy.commit();
  const later = await bus.json(["import", path]) as Told;
  assert.deepEqual(later.messages, { new: 1, known: 1 });
});

Deno.test("import tells what is missing: no store, no messages, or another file", async () => {
  await using bus = await HustingsProcess.create();
  const { path, env } = await legacyPlace(bus);
  const none = await bus.run(["import"], { env });
  assert.deepEqual([none.code, none.stdout], [
    3,
    `There is no ${path}, so there is nothing to import.\n`,
  ]);
  new LegacyStoreBench(path)[Symbol.dispose]();
  assert.equal((await bus.run(["import"], { env })).code, 3);
  await Deno.writeTextFile(`${bus.root}/other`, "no database at all");
  for (const name of ["other", "missing"]) {
    const { code, stderr } = await bus.run(["import", `${bus.root}/${name}`]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot be read as a database of claude-ipc-mcp \(.*\): name its/);
  }
});
