import { equal, match } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { serveMcp } from "../lib/mcp/serve_mcp.ts";
import { ScriptedBus } from "./support/scripted_bus.ts";
import { ScriptedStreams } from "./support/scripted_streams.ts";
import { TemporaryDirectory } from "./support/temporary_directory.ts";

/** Two directories that are not the agent's own, each with a file, and a server whose client may name them. */
function serving(capabilities: object) {
  const directory = new TemporaryDirectory();
  for (const name of ["one", "two"]) {
    Deno.mkdirSync(directory.at(name));
    Deno.writeTextFileSync(directory.at(`${name}/a.txt`), name);
  }
  const streams = new ScriptedStreams();
  const over = serveMcp(new ScriptedBus(), { streams });
  const clientInfo = { name: "test-agent", version: "1" };
  const hello = { protocolVersion: "2025-06-18", capabilities, clientInfo };
  streams.say({ jsonrpc: "2.0", id: "initialize", method: "initialize", params: hello });
  streams.say({ jsonrpc: "2.0", method: "notifications/initialized" });
  let calls = 0;
  return {
    streams,
    at: (name: string) => directory.at(name),
    uri: (name: string) => pathToFileURL(directory.at(name)).href,
    /** Begins to share the file of the directory `name`; resolves with what the tool says. */
    async share(name: string): Promise<string> {
      const params = {
        name: "share_file",
        arguments: { to: "rob", path: directory.at(`${name}/a.txt`) },
      };
      const id = ++calls;
      streams.say({ jsonrpc: "2.0", id, method: "tools/call", params });
      const { result } = await streams.answer(id);
      return (result as { content: { text: string }[] }).content[0]!.text;
    },
    /** Answers the `nth` question for the roots. */
    async name(nth: number, ...uris: string[]): Promise<void> {
      const id = await streams.asked("roots/list", nth);
      streams.say({ jsonrpc: "2.0", id, result: { roots: uris.map((uri) => ({ uri })) } });
    },
    async [Symbol.asyncDispose]() {
      streams.end();
      await over;
      directory[Symbol.dispose]();
    },
  };
}

function questions(streams: ScriptedStreams): number {
  return streams.answers.filter(({ method }) => method === "roots/list").length;
}

Deno.test("file is shared from where the client says that it works, which is asked once until it changes", async () => {
  await using client = serving({ roots: { listChanged: true } });
  const { streams, share, name, uri } = client;
  const first = share("one");
  await name(1, uri("one"));
  match(await first, / shared\. /);
  match(await share("one"), / shared\. /);
  match(await share("two"), /outside the directories/);
  equal(questions(streams), 1);
  streams.say({ jsonrpc: "2.0", method: "notifications/roots/list_changed" });
  const second = share("two");
  await name(2, uri("two"));
  match(await second, / shared\. /);
  match(await share("one"), /outside the directories/);
  equal(questions(streams), 2);
});

Deno.test("client that cannot say where it works is not asked, and its agent shares from its own directory", async () => {
  await using client = serving({});
  match(await client.share("one"), /outside the directories/);
  equal(questions(client.streams), 0);
});

Deno.test("client that fails to say where it works is asked again", async () => {
  await using client = serving({ roots: {} });
  const { streams, share, name, uri } = client;
  const first = share("one");
  const error = { code: -32603, message: "not now" };
  streams.say({ jsonrpc: "2.0", id: await streams.asked("roots/list", 1), error });
  match(await first, /outside the directories/);
  const second = share("one");
  await name(2, uri("one"));
  match(await second, / shared\. /);
});

Deno.test("root that is no directory of this machine spoils none of the others", async () => {
  await using client = serving({ roots: {} });
  const shared = client.share("two");
  // With a host, a URI names no path except on Windows, and an encoded slash names none anywhere.
  await client.name(1, "file://elsewhere/one", "file:///a%2Fb", client.uri("two"));
  match(await shared, / shared\. /);
});

Deno.test("root of the file system is no place to share from, though the client works there", async () => {
  await using client = serving({ roots: {} });
  const shared = client.share("one");
  await Deno.symlink("/", client.at("link"));
  await client.name(1, "file:///", client.uri("link"));
  match(await shared, /outside the directories that may be shared from.*HUSTINGS_SHARE/);
});
