import assert from "node:assert/strict";
import { HustingsProcess } from "../support/hustings_process.ts";

const noSecret = { IPC_SHARED_SECRET: "" };

Deno.test("legacy is off until it is switched on, and 'on' alone says plainly what it wants and why", async () => {
  await using bus = await HustingsProcess.create();
  const legacy = (...args: string[]) => bus.run(["legacy", ...args], { env: noSecret });
  assert.match((await legacy()).stdout, /^Legacy scripts: off/);
  const refused = await legacy("on");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /IPC_SHARED_SECRET is not set.*--open.*every user on this machine/);
  assert.equal((await legacy("on", "--secret-from-env")).code, 2);
  assert.equal((await legacy("on", "--open", "--secret-from-env")).code, 2);
  assert.equal((await legacy("off", "--open")).code, 2);
  assert.match((await legacy("of")).stderr, /'legacy' knows no 'of'/);
  assert.deepEqual(await bus.json(["legacy"]), { mode: "off", port: bus.port });
});

Deno.test("legacy takes the secret of the environment, or none where that is said, and is taken back", async () => {
  await using bus = await HustingsProcess.create();
  const path = `${bus.home}/legacy.json`;
  const env = { IPC_SHARED_SECRET: "hush" };
  const on = await bus.run(["legacy", "on"], { env });
  assert.match(on.stdout, /^Legacy scripts: on, for scripts with the secret/);
  assert.doesNotMatch(on.stdout, /hush/);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), { mode: "secret", secret: "hush" });
  if (Deno.build.os !== "windows") assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  const open = await bus.run(["legacy", "on", "--open"], { env });
  assert.match(open.stdout, /on and open: every program of every user/);
  assert.match(open.stdout, new RegExp(`port ${bus.port}; such scripts know only 9876`));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), { mode: "open" });
  assert.match((await bus.run(["legacy", "off"])).stdout, /^Legacy scripts: off/);
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  assert.equal((await bus.run(["legacy", "off"])).code, 0, "twice");
});

Deno.test("status and doctor tell how legacy scripts take part, and what is wrong with the setting", async () => {
  await using bus = await HustingsProcess.create();
  const status = async () => await bus.json(["status"]) as { legacy: string; warnings?: string[] };
  assert.equal((await status()).legacy, "off");
  await bus.run(["legacy", "on", "--open"]);
  assert.equal((await status()).legacy, "open");
  const { stdout } = await bus.run(["status"]);
  assert.match(stdout, /^legacy .*without a secret$/m);
  const doctor = await bus.run(["doctor"]);
  assert.match(doctor.stdout, /legacy.*take part without a secret/);
  assert.match(doctor.stdout, new RegExp(`bus is on port ${bus.port}, and such scripts know only`));
  await Deno.writeTextFile(`${bus.home}/legacy.json`, "{}");
  assert.match((await status()).warnings?.join() ?? "", /legacy\.json' does not say how/);
  const ill = await bus.run(["doctor"]);
  assert.match(ill.stdout, /legacy\.json' does not say how/);
  assert.equal(ill.code, 1);
});
