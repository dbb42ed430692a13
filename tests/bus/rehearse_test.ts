import assert from "node:assert/strict";
import { rehearse } from "../../lib/bus/rehearse.ts";
import { macOf } from "../../lib/member/secret.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { SeededRandom } from "../support/seeded.ts";

/** What was taken for the name of a file: the store in memory has none. */
function written(): string[] {
  return [...Deno.readDirSync(".")].map(({ name }) => name).filter((name) => name.startsWith(":"));
}

Deno.test("rehearsal has every request answered and leaves neither file, port nor timer when it is over", async () => {
  const mac = await macOf(new Uint8Array(32));
  const credentials = { mac, random: new SeededRandom(1) };
  assert.equal(await rehearse({ clock: systemClock, credentials, pid: 1 }), 34);
  assert.deepEqual(written(), []);
});

Deno.test("rehearsal asks nothing when who listens on its port does not hold the secret", async () => {
  const mac = await macOf(new Uint8Array(32));
  let calls = 0;
  const forgets = async (message: Uint8Array<ArrayBuffer>) => {
    const proof = await mac(message);
    // Never the same twice, so that no two sides agree.
    proof[0] = calls++;
    return proof;
  };
  const credentials = { mac: forgets, random: new SeededRandom(1) };
  assert.equal(await rehearse({ clock: systemClock, credentials, pid: 1 }), 0);
});
