import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { limits } from "../lib/core/limits.ts";
import { Progress, withProgress } from "../lib/cli/progress.ts";
import { SimProcess, SimTime } from "./simulation/sim_clock.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { noTerminal, onTerminal, titled } from "./support/pseudo_terminal.ts";

/** A terminal that notes what it is written, under a clock turned by hand. */
function scriptedPlace(isSeen = true, write?: () => Promise<void>) {
  const time = new SimTime();
  const written: string[] = [];
  const place = {
    clock: time.clockOf(new SimProcess()),
    isSeen: () => isSeen,
    write: async (text: string) => {
      written.push(text);
      await write?.();
    },
  };
  const turn = async (forMs: number) => {
    const untilMs = time.nowMs + forMs;
    while (time.advance(untilMs)) await settled();
  };
  return { place, written, turn };
}

/** What was begun in this turn of the event loop has ended. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("progress says nothing when the work takes less than a second", async () => {
  const { place, written, turn } = scriptedPlace();
  const work = Promise.withResolvers<string>();
  const ended = withProgress("Looking", () => work.promise, { place });
  await turn(limits.progressMs - 1);
  work.resolve("found");
  equal(await ended, "found");
  await turn(10 * limits.progressMs);
  deepEqual(written, []);
});

Deno.test("progress tells each second how long it takes, and is erased when it is over", async () => {
  const { place, written, turn } = scriptedPlace();
  const work = Promise.withResolvers<never>();
  const ended = withProgress("Waiting", () => work.promise, { place, atMostMs: 60_000 });
  const seen = rejects(ended, /it failed/);
  await turn(2 * limits.progressMs);
  work.reject(new Error("it failed"));
  await seen;
  await turn(10 * limits.progressMs);
  const blank = " ".repeat("Waiting: 1 s of 60 s^C".length);
  deepEqual(written, ["\rWaiting: 1 s of 60 s", "\rWaiting: 2 s of 60 s", `\r${blank}\r`]);
});

Deno.test("progress covers what was longer before", async () => {
  const { place, written, turn } = scriptedPlace();
  const progress = new Progress(place);
  progress.begin("Something long");
  await turn(limits.progressMs);
  progress.begin("Short");
  await turn(limits.progressMs);
  await progress.end();
  equal(written[1], `\rShort: 1 s${" ".repeat("Something long".length - "Short".length)}`);
});

Deno.test("progress says nothing when nobody sees it", async () => {
  const { place, written, turn } = scriptedPlace(false);
  const progress = new Progress(place);
  progress.begin("Waiting");
  await turn(10 * limits.progressMs);
  await progress.end();
  deepEqual(written, []);
});

Deno.test("progress leaves out what is due while the terminal takes nothing, and ends the work's way", async () => {
  const stopped = Promise.withResolvers<void>();
  const { place, written, turn } = scriptedPlace(true, () => stopped.promise);
  const progress = new Progress(place);
  progress.begin("Waiting");
  await turn(5 * limits.progressMs);
  deepEqual(written, ["\rWaiting: 1 s"]);
  stopped.reject(new Error("the terminal is gone"));
  await progress.end();
});

Deno.test({
  name: titled("a wait is told of on a terminal, and erased before its result", noTerminal),
  ignore: noTerminal !== undefined,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const waiting = ["check", "--wait", "1.4"];
    const { code, shown } = await onTerminal(bus, waiting);
    equal(code, 3);
    match(shown, /^\rWaiting for a message: 1 s of 1 s\r {35}\rNo message in 1\.4 s\.\n$/);
    const logged = await onTerminal(bus, waiting, { redirect: "2>stderr.txt" });
    equal(logged.shown, "No message in 1.4 s.\n");
    equal(await Deno.readTextFile(`${bus.shop}/stderr.txt`), "");
  },
});
