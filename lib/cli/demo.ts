import { expectWords } from "./option_values.ts";
import type { Call, Verb } from "./verb.ts";

export const demo: Verb = {
  name: "demo",
  summary: "watch three agents talk, wait, and survive the death of their broker",
  usage: ["demo"],
  about:
    `Plays three short stories with real processes and real MCP clients, in a temporary home and
on ports of their own: your bus is not touched. Every line with a tick was checked. The
exit code is 0 only when all of them were true.`,
  options: {},
  run: async (call: Call) => {
    expectWords(call, "demo", 0);
    // Only the demo needs an MCP client.
    const { playDemo } = await import("./demo/play_demo.ts");
    return await playDemo();
  },
};
