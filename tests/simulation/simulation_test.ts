import assert from "node:assert/strict";
import { seeded } from "../support/seeded.ts";
import { simulate } from "./simulate.ts";

seeded(
  "simulated bus loses, repeats and reorders nothing when processes, links and disk fail",
  async (random) => {
    for (let history = 0; history < 60; history++) {
      const seed = random.whole(1, 0x7fff_ffff);
      const { broken } = await simulate(seed, 400);
      const again = `deno run -A tests/simulation/simulate.ts --from ${seed} --seeds 1`;
      assert.deepEqual(broken, [], `${again}: ${broken.slice(0, 3).join("; ")}`);
    }
  },
);
