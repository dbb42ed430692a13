// Many agents in one process, each with a connection of its own, that read whatever comes.
//
//   deno run -A tests/campaigns/crowd.ts URL FIRST COUNT
//
// Writes `ready` once all have joined, and then `NAME TEXT` for each message that one of them has read,
// or `NAME again TEXT` where it is marked as handed over before; `NAME failed: WHY` for a check. Goes when its stdin closes.
import type { Bus } from "../../lib/bus/bus.ts";
import { joinNats } from "../support/join_nats.ts";
import { say } from "../support/say.ts";

const [url, first, count] = Deno.args as [string, string, string];
const ending = new AbortController();

async function read(bus: Bus, name: string): Promise<void> {
  while (!ending.signal.aborted) {
    try {
      const handed = await bus.check({ waitMs: 600_000 }, ending.signal);
      await handed.confirm();
      for (const { text, redelivered } of handed.messages) {
        say(`${name} ${redelivered ? "again " : ""}${text}`);
      }
    } catch (error) {
      if (!ending.signal.aborted) say(`${name} failed: ${error}`);
    }
  }
}

const buses: Bus[] = [];
for (let n = 0; n < Number(count); n++) {
  const name = `crowd-${Number(first) + n}`;
  const bus = await joinNats(url, name);
  buses.push(bus);
  void read(bus, name);
}
say("ready");
for await (const _ of Deno.stdin.readable) continue;
ending.abort();
await Promise.all(buses.map((bus) => bus.leave()));
Deno.exit(0);
