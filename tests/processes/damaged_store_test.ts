import assert from "node:assert/strict";
import { HustingsProcess } from "../support/hustings_process.ts";
import { McpClient } from "../support/mcp_client.ts";

interface Status {
  readonly warnings?: readonly string[];
}

Deno.test("damaged store is set aside, and the status of every view tells of it and of what was saved", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["send", "bob", "kept"]);
  const path = `${bus.home}/messages.db`;
  assert.equal((await bus.json(["status"]) as Status).warnings, undefined);
  const bytes = await Deno.readFile(path);
  // The mark of the program in the head of the file.
  bytes[70]! ^= 1;
  await Deno.writeFile(path, bytes);

  const { warnings } = await bus.json(["status"]) as Status;
  assert.match(warnings![0]!, /^The message store was damaged: .*1 messages were saved, 1 of them/);
  const [, aside] = /kept as (.*)\.$/.exec(warnings![0]!)!;
  assert.deepEqual(await Deno.readFile(aside!), bytes);
  const { stdout } = await bus.run(["status"]);
  assert.match(stdout, /warning +The message store was damaged/);
  await using agent = await McpClient.start(bus, { name: "bob" });
  const { contents } = await agent.client.readResource({ uri: "hustings://status" });
  const state = JSON.parse((contents[0] as { text: string }).text);
  assert.deepEqual(state.warnings, warnings);
  const { text } = await agent.call("check");
  assert.match(text, /kept/);
});
