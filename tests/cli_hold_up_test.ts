import assert from "node:assert/strict";
import type { PausedView, StoppedView } from "../lib/core/bus_events.ts";
import type { CheckResult, ListResult, Receipt } from "../lib/core/types.ts";
import { HustingsProcess } from "./support/hustings_process.ts";

const ann = ["--as", "ann"];

/** A bus where ann has been, and nobody else. */
async function withAnn(): Promise<HustingsProcess> {
  const bus = await HustingsProcess.create();
  assert.equal((await bus.run(["check", ...ann])).code, 3);
  return bus;
}

Deno.test("pause holds up what is sent to a name, and resume brings it, over many brokers", async () => {
  await using bus = await withAnn();
  assert.deepEqual(await bus.json(["pause", "ann"]), { everyone: false, names: ["ann"] });
  const sent = await bus.run(["send", "ann", "later"]);
  assert.match(sent.stdout, /\n {2}ann: is paused by a person; it gets it when that is over\n$/);
  assert.equal((await bus.run(["check", ...ann])).code, 3);
  assert.match((await bus.run(["list"])).stdout, /\nann .* paused +/);
  const { members } = await bus.json(["list"]) as ListResult;
  assert.equal(members.find(({ name }) => name === "ann")?.paused, true);
  const { stdout } = await bus.run(["resume", "ann"]);
  assert.equal(stdout, "ann goes on, with what was queued meanwhile.\n");
  const { messages } = await bus.json(["check", ...ann]) as CheckResult;
  assert.deepEqual(messages.map(({ text }) => text), ["later"]);
});

Deno.test("resume of a name says what still holds it up, and of everyone who stays paused", async () => {
  await using bus = await withAnn();
  const all = await bus.run(["pause", "--all"]);
  assert.match(all.stdout, /^Everyone is paused: .*'hustings resume --all'\.\n$/s);
  assert.match(
    (await bus.run(["resume", "ann"])).stdout,
    /but everyone is:\s'hustings resume --all'/,
  );
  assert.deepEqual(await bus.json(["pause", "ann"]), { everyone: true, names: ["ann"] });
  assert.match(
    (await bus.run(["resume", "--all"])).stdout,
    /but for who is paused by name: ann\.\n$/,
  );
  assert.deepEqual(await bus.json(["resume", "ann"]) as PausedView, { everyone: false, names: [] });
});

Deno.test("pause of a conversation refuses a script's answer in it, until it is resumed", async () => {
  await using bus = await withAnn();
  const { id } = await bus.json(["send", "ann", "question"]) as Receipt;
  const stop = ["pause", "--conversation", `#${id}`];
  assert.deepEqual(await bus.json(stop) as StoppedView, { threads: [id] });
  await bus.run(["check", ...ann]);
  const refused = await bus.run(["reply", `${id}`, "answer", ...ann]);
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /A person has stopped the conversation/);
  const { stdout } = await bus.run(["resume", "--conversation", `${id}`]);
  assert.equal(stdout, `The conversation of #${id} goes on: agents may answer in it.\n`);
  assert.equal((await bus.run(["reply", `${id}`, "answer", ...ann])).code, 0);
});

Deno.test("pause without one thing to hold up, or with one that is not there, is refused with the cure", async () => {
  await using bus = await withAnn();
  for (const args of [[], ["ann", "--all"], ["--all", "--conversation", "1"]]) {
    const { code, stderr } = await bus.run(["resume", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /hustings resume NAME, hustings resume --all or\s.*--conversation ID/s);
  }
  const nobody = await bus.run(["pause", "anne"]);
  assert.deepEqual([nobody.code, /did you mean 'ann'\?/.test(nobody.stderr)], [5, true]);
  assert.equal((await bus.run(["pause", "--conversation", "99"])).code, 2);
});
