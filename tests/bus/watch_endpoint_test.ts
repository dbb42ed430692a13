import assert from "node:assert/strict";
import { watchEndpoint } from "../../lib/bus/watch_endpoint.ts";
import { writeEndpoint } from "../../lib/member/endpoint_file.ts";
import { openStateDirectory, stateFiles } from "../../lib/member/state_directory.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("each word of a broker of where it is is seen, and none is where nothing is written", async () => {
  using root = new TemporaryDirectory();
  const directory = openStateDirectory(root.at("home"), false);
  const signposts = watchEndpoint(directory)!;
  for (const epoch of [1, 2]) {
    const next = signposts.next();
    writeEndpoint(directory.endpoint, { port: 1, pid: 2, epoch });
    await next;
  }
  signposts.close();
  assert.equal(watchEndpoint(stateFiles(root.at("elsewhere"))), undefined);
});
