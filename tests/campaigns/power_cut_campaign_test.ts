import assert from "node:assert/strict";
import { CrashDisk } from "../support/crash_disk.ts";
import { noRecorder } from "../support/record_disk.ts";
import { seeded, SeededRandom } from "../support/seeded.ts";
import { isProof, powerCut } from "./power_cut_campaign.ts";

const obstacle = noRecorder();

/** A setting, the images to make, and what its failure would mean. */
const trials = [
  ["FULL", 200, "nothing acknowledged is lost when the power fails"],
  ["NORMAL", 40, "a power cut is seen to lose messages where commits are not flushed"],
  ["OFF", 40, "a power cut is seen to lose or damage a store that never flushes"],
] as const;

for (const [setting, images, name] of trials) {
  Deno.test({
    name: obstacle === undefined ? name : `${name} (${obstacle})`,
    ignore: obstacle !== undefined,
    fn: async () => {
      const seed = crypto.getRandomValues(new Int32Array(1))[0]!;
      const figures = await powerCut(setting, { images, messages: 60, seed });
      assert.ok(isProof(setting, figures), JSON.stringify({ seed, ...figures }));
      assert.ok(figures.acknowledged >= 60, "what was said is in the record");
    },
  });
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

seeded("crash disk keeps what was flushed and may keep any part of the rest", (random) => {
  const disk = new CrashDisk("/d");
  disk.apply({ kind: "create", path: "/d/f" });
  disk.apply({ kind: "flush", path: "/d" });
  disk.apply({ kind: "write", path: "/d/f", at: 0, bytes: bytesOf("flushed") });
  disk.apply({ kind: "flush", path: "/d/f" });
  disk.apply({ kind: "write", path: "/d/f", at: 0, bytes: bytesOf("younger") });
  disk.apply({ kind: "write", path: "/d/f", at: 7, bytes: new Uint8Array(1024).fill(0x2b) });
  const seen = new Set<string>();
  for (let image = 0; image < 300; image++) {
    const text = new TextDecoder().decode(disk.image(random).get("/d/f"));
    assert.match(text, /^(flushed|younger)/);
    seen.add(text.slice(0, 7)).add(`${text.length} bytes`);
    if (text.includes("\0")) seen.add("hole");
  }
  const possible = [
    "flushed",
    "younger",
    "7 bytes",
    "512 bytes",
    "1024 bytes",
    "1031 bytes",
    "hole",
  ];
  assert.deepEqual(possible.filter((each) => !seen.has(each)), []);
});

Deno.test("crash disk may lose a file, and one that was removed may be back, until the directory is flushed", () => {
  const random = new SeededRandom(1);
  const disk = new CrashDisk("/d");
  const there = () => {
    const seen = Array.from({ length: 100 }, () => disk.image(random).has("/d/f"));
    return [...new Set(seen)].sort();
  };
  disk.apply({ kind: "create", path: "/d/f" });
  disk.apply({ kind: "flush", path: "/d/f" });
  assert.deepEqual(there(), [false, true]);
  disk.apply({ kind: "flush", path: "/d" });
  assert.deepEqual(there(), [true]);
  disk.apply({ kind: "unlink", path: "/d/f" });
  assert.deepEqual(there(), [false, true]);
  disk.apply({ kind: "flush", path: "/d" });
  assert.deepEqual(there(), [false]);
});
