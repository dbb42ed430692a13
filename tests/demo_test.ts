import assert from "node:assert/strict";
import process from "node:process";
import { HustingsProcess } from "./support/hustings_process.ts";

Deno.test("demo ends with 0 and leaves neither process nor file when all it states is true", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout, stderr } = await bus.run(["demo"], { env: { TMPDIR: bus.shop } });
  assert.equal(code, 0, stdout + stderr);
  const ticks = stdout.match(/^ {2}✓ /gm)!.length;
  assert.match(stdout, new RegExp(`^All ${ticks} statements were checked and true, in `, "m"));
  assert.match(stdout, /of 60 acknowledged messages 60 were read: 0 lost/);
  assert.doesNotMatch(stdout, /✗|\p{Cc}(?<!\n)/u);
  assert.deepEqual(processesOf(stdout).filter(isAlive), []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(bus.shop)), []);
});

Deno.test({
  name: "demo leaves neither process nor file when it is interrupted",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const demo = bus.start(["demo"], { env: { TMPDIR: bus.shop } });
    let told = "";
    for await (const part of demo.stdout.pipeThrough(new TextDecoderStream())) {
      told += part;
      if (processesOf(told).length === 3) demo.kill("SIGTERM");
    }
    await demo.stderr.cancel();
    assert.equal((await demo.status).code, 130, told);
    assert.deepEqual(processesOf(told).filter(isAlive), []);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(bus.shop)), []);
  },
});

/** The processes that the demo has told of. */
function processesOf(told: string): number[] {
  return [...told.matchAll(/\(process (\d+)\)/g)].map(([, pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
