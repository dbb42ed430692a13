// Some who look on at a bus, in a process of their own: arguments are its home, its port and how many.
// Prints `ready` once each has its snapshot, and looks on until it is ended.
import { startOnlooker } from "../../../lib/bus/start_onlooker.ts";
import type { Onlooker } from "../../../lib/bus/onlooker.ts";
import { stateFiles } from "../../../lib/member/state_directory.ts";
import { say } from "../../support/say.ts";

async function observe(onlooker: Onlooker, cursor?: string): Promise<string> {
  const from = cursor === undefined ? {} : { cursor };
  const { reply } = onlooker.request({ op: "observe", waitMs: 60_000, ...from });
  return (await reply).cursor;
}

const [home, port, count] = Deno.args;
const onlookers = Array.from(
  { length: Number(count) },
  () => startOnlooker(stateFiles(home!), [Number(port)]),
);
const cursors = await Promise.all(onlookers.map((onlooker) => observe(onlooker)));
say("ready");
await Promise.all(onlookers.map(async (onlooker, index) => {
  for (let cursor = cursors[index]!;;) cursor = await observe(onlooker, cursor);
}));
