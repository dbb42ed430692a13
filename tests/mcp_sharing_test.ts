import { deepEqual, equal, match, ok } from "node:assert/strict";
import { limits } from "../lib/core/limits.ts";
import { agentPair } from "./support/agent_pair.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { McpClient } from "./support/mcp_client.ts";

function allow(commands: unknown): (bus: HustingsProcess) => void {
  return ({ home }) => {
    Deno.mkdirSync(home, { mode: 0o700 });
    Deno.writeTextFileSync(`${home}/settings.json`, JSON.stringify({ commands }));
  };
}

Deno.test("file is shared with its path, type and size, and the note before it", async () => {
  await using agents = await agentPair();
  const { bus, bob, rob } = agents;
  await Deno.writeTextFile(`${bus.shop}/notes.md`, "# Till\nclosed\n");
  const share = { to: "rob", path: "notes.md", note: "see the title" };
  const shared = await bob.call("share_file", share);
  equal(shared.isError, false, shared.text);
  const head = `File ${bus.shop}/notes.md (text/markdown, 14 bytes)`;
  equal(shared.fields.shared, head);
  const [message] = (await rob.call("check")).fields.messages;
  equal(message.text, `see the title\n\n${head}:\n\n# Till\nclosed\n`);
});

Deno.test("file that may not be shared is refused with its path and the cure, and nothing is sent", async () => {
  await using agents = await agentPair();
  const { bus, bob, rob } = agents;
  const { shop, root, home } = bus;
  await Deno.writeTextFile(`${root}/outside.txt`, "outside");
  await Deno.symlink(`${root}/outside.txt`, `${shop}/link.txt`);
  await Deno.writeFile(`${shop}/image.png`, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1));
  await Deno.writeFile(`${shop}/latin.txt`, Uint8Array.of(0x63, 0xe9));
  await Deno.writeTextFile(`${shop}/long.txt`, "x".repeat(limits.sharedFileBytes + 1));
  await new Deno.Command("mkfifo", { args: [`${shop}/pipe`] }).output();
  const cases: [string, RegExp][] = [
    ["missing.txt", /no file 'missing\.txt'.*give its whole path/],
    ["../outside.txt", /outside the directories.*HUSTINGS_SHARE/],
    ["link.txt", /'link\.txt' \(.*outside\.txt\) lies outside/],
    [`${home}/secret`, /belongs to the bus itself/],
    ["image.png", /no text \(it has NUL bytes\).*send its path/],
    ["latin.txt", /no text \(it is no UTF-8\)/],
    ["long.txt", /has \d+ bytes and at most \d+ can be shared/],
    ["pipe", /no plain file/],
    [".", /no plain file/],
    ["..", /outside the directories/],
  ];
  for (const [path, says] of cases) {
    const refused = await bob.call("share_file", { to: "rob", path });
    equal(refused.isError, true, path);
    match(refused.text, says);
  }
  deepEqual((await rob.call("check")).fields.messages, []);
});

Deno.test("file of another directory is shared when the user allows that directory", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.mkdir(`${bus.root}/docs`);
  await Deno.writeTextFile(`${bus.root}/docs/a.json`, "{}");
  await using bob = await McpClient.start(bus, {
    name: "bob",
    env: { HUSTINGS_SHARE: `/nowhere:${bus.root}/docs` },
  });
  const shared = await bob.call("share_file", { to: "rob", path: `${bus.root}/docs/a.json` });
  match(shared.text, /application\/json, 2 bytes\) shared/);
});

Deno.test("file answers a message when it is shared in reply to it", async () => {
  await using agents = await agentPair();
  const { bus, bob, rob } = agents;
  await Deno.writeTextFile(`${bus.shop}/a.txt`, "there");
  const { fields: { id } } = await rob.call("send", { to: "bob", text: "where is it?" });
  await bob.call("check");
  const shared = await bob.call("share_file", { to: "rob", path: "a.txt", reply_to: id });
  equal(shared.isError, false, shared.text);
  equal((await rob.call("check")).fields.messages[0].reply_to, id);
});

Deno.test("file whose name begins with two dots is shared like any other", async () => {
  await using agents = await agentPair();
  await Deno.writeTextFile(`${agents.bus.shop}/..notes`, "there");
  const shared = await agents.bob.call("share_file", { to: "rob", path: "..notes" });
  equal(shared.isError, false, shared.text);
});

Deno.test("no command is offered or run where the user has allowed none", async () => {
  await using agents = await agentPair();
  const { tools } = await agents.bob.client.listTools();
  equal(tools.some(({ name }) => name === "share_command"), false);
});

Deno.test("command that the user has allowed is run without a shell, and its output shared", async () => {
  const words = ["sh", "-c", "echo to $0; echo from $HUSTINGS_NAME >&2; pwd; exit 3", "$HOME"];
  await using agents = await agentPair(allow({ tell: words }));
  const { bus, bob, rob } = agents;
  const { tools } = await bob.client.listTools();
  const listed = tools.find(({ name }) => name === "share_command")!;
  deepEqual((listed.inputSchema.properties!["command"] as { enum: string[] }).enum, ["tell"]);
  const share = { to: "rob", command: "tell", note: "it fails" };
  const shared = await bob.call("share_command", share);
  equal(shared.fields.ended, "exit code 3");
  const [{ text }] = (await rob.call("check")).fields.messages;
  match(text, /^it fails\n\nCommand sh -c .* \(exit code 3\):\n\n/);
  for (const line of ["to $HOME\n", "from\n", `${bus.shop}\n`]) ok(text.includes(line), text);
  const other = await bob.call("share_command", { to: "rob", command: "rm" });
  equal(other.isError, true);
  match(other.text, /must be one of tell/);
});

Deno.test("command that is not there, or says too much, is told of", async () => {
  const long = ["sh", "-c", "yes | head -c 400000"];
  await using agents = await agentPair(allow({ missing: ["/no/such/program"], long }));
  const { bob } = agents;
  const missing = await bob.call("share_command", { to: "rob", command: "missing" });
  match(missing.text, /'\/no\/such\/program' cannot be run.*nothing was sent/);
  const cut = await bob.call("share_command", { to: "rob", command: "long" });
  equal(cut.fields.ended, "exit code 0, output cut after 256 KiB");
});

Deno.test("settings that are wrong allow nothing, and the server runs all the same", async () => {
  for (const commands of [{ tests: "npm test" }, { "a b": ["x"] }, { tests: [] }]) {
    await using agents = await agentPair(allow(commands));
    const { tools } = await agents.bob.client.listTools();
    equal(tools.some(({ name }) => name === "share_command"), false);
  }
});

Deno.test("room that an agent enters gets its messages, until it leaves", async () => {
  await using agents = await agentPair();
  const { bob, rob } = agents;
  for (const each of [bob, rob]) await each.call("room", { name: "#release" });
  const sent = await bob.call("send", { to: "#release", text: "tagged" });
  deepEqual(Object.keys(sent.fields.to), ["rob"]);
  const [message] = (await rob.call("check")).fields.messages;
  deepEqual([message.text, message.to], ["tagged", "#release"]);
  const { fields } = await bob.call("list");
  deepEqual(fields.agents.map((each: { rooms: string }) => each.rooms), ["#release", "#release"]);
  const left = await rob.call("room", { name: "release", leave: true });
  equal(left.text, "You are not in #release any more; in it: bob.");
  const refused = await bob.call("send", { to: "#release", text: "again" });
  match(refused.text, /Nobody else is in '#release'/);
});

Deno.test("sender hears with its next check what became of its message", async () => {
  await using agents = await agentPair();
  const { bob, rob } = agents;
  const { fields: { id } } = await bob.call("send", { to: "rob", text: "ready?" });
  await rob.call("check");
  await rob.call("list");
  const { fields, text } = await bob.call("check");
  match(fields.sent[id], /^rob: read /);
  match(text, new RegExp(`Your #${id}: rob: read`));
  equal((await bob.call("check")).fields.sent, undefined);
});

Deno.test("long text is shown by its beginning and the path of the whole, which only the user reads", async () => {
  await using agents = await agentPair();
  const { bus, bob, rob } = agents;
  const text = `The till is broken. It says 12. ${"X".repeat(limits.inlineTextBytes)}`;
  const { fields: { id } } = await bob.call("send", { to: "rob", text });
  const [message] = (await rob.call("check")).fields.messages;
  const path = `${bus.home}/texts/message-${id}.txt`;
  const shown =
    `The till is broken. It says 12.\n[The beginning of 11 KiB; the whole text: ${path}]`;
  equal(message.text, shown);
  equal(await Deno.readTextFile(path), text);
  equal((await Deno.lstat(path)).mode! & 0o777, 0o600);
  equal((await Deno.lstat(`${bus.home}/texts`)).mode! & 0o777, 0o700);
  for (const limit of [1, 20]) {
    const again = await rob.call("history", { limit });
    equal(again.fields.messages[0].text, shown);
  }
});
