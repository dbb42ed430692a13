import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { writeEndpoint } from "../../lib/member/endpoint_file.ts";
import type { Endpoint } from "../../lib/member/endpoint_file.ts";
import { ownNetwork } from "../../lib/member/own_network.ts";
import { Patience } from "../../lib/member/patience.ts";
import { processState } from "../../lib/member/process_state.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";

const { silentMs, silentRunningMs, glanceMs } = limits;
const port = 4000;
const here = ownNetwork()!;
const silent = { kind: "silent", port };
const proven = { ...silent, proven: true };

/** A home in which `holder` is published, and one who looks for it under a clock turned by hand. */
class Bench implements Disposable {
  readonly time = new SimTime();
  readonly patience: Patience;
  readonly #root = new TemporaryDirectory();

  constructor(readonly holder: Endpoint) {
    const directory = stateFiles(this.#root.path);
    writeEndpoint(directory.holder, holder);
    this.patience = new Patience({ directory, clock: this.time.clockOf(new SimProcess()) });
  }

  /** How long it waits at `port` in all. */
  waitedMs(at = port): number {
    let waitedMs: number = glanceMs;
    for (let moreMs; (moreMs = this.patience.extendMs(at, waitedMs)) > 0;) waitedMs += moreMs;
    return waitedMs;
  }

  verdict(holder = this.holder): unknown {
    return this.patience.verdict(holder)?.event;
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]();
  }
}

Deno.test("broker is passed over once a later one has said where it is, not by itself", () => {
  using bench = new Bench({ port, pid: Deno.pid, epoch: 7 });
  assert.deepEqual([6, 7, 8].map((epoch) => bench.patience.isPassedOver(epoch)), [
    true,
    false,
    false,
  ]);
});

/** A process that has ended, or another one with its pid: this one did not run an hour ago. */
const gone: Endpoint = { port, pid: Deno.pid, epoch: 3, startMs: Date.now() - 3_600_000 };

/** Some process that runs, or is stopped, as a broker. */
async function withProcess(
  state: "running" | "stopped",
  body: (holder: Endpoint) => void,
): Promise<void> {
  const startMs = Date.now();
  const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
  try {
    const holder = { ...gone, pid: child.pid, startMs };
    if (state === "stopped") child.kill("SIGSTOP");
    while (processState(holder) !== state);
    body(holder);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

Deno.test("patience is over after the first look when nobody has published the port", () => {
  using bench = new Bench(gone);
  assert.equal(bench.waitedMs(port + 1), glanceMs);
  assert.equal(bench.verdict(), undefined);
});

// `ps` of Windows does not tell, so there is no process that is seen to run or to be stopped.
const ignore = Deno.build.os === "windows";

const seen: ["running" | "stopped", string | undefined, number, typeof silent][] = [
  ["running", here, silentRunningMs, proven],
  ["running", undefined, silentRunningMs, silent],
  ["running", "another", silentMs, silent],
  ["stopped", here, silentMs, proven],
  ["stopped", undefined, silentMs, proven],
  ["stopped", "another", silentMs, proven],
];
for (const [state, network, leastMs, expected] of seen) {
  const where = network === here ? "here" : `in ${network ?? "an unknown"} network`;
  const proves = expected === proven ? "that the holder is silent" : "nothing";
  const title = `silence proves ${proves} after ${leastMs} ms when it is ${state} ${where}`;
  Deno.test(title, { ignore }, async () => {
    await withProcess(state, (holder) => {
      using bench = new Bench(network === undefined ? holder : { ...holder, network });
      const waitedMs = bench.waitedMs();
      assert.ok(waitedMs >= leastMs && waitedMs < leastMs + silentMs, `waited for ${waitedMs} ms`);
      assert.deepEqual(bench.verdict(), expected);
    });
  });
}

for (const network of [here, undefined, "another"]) {
  const where = network === here ? "here" : `in ${network ?? "an unknown"} network`;
  const proves = network === here ? "that the holder is silent" : "nothing";
  Deno.test(`silence proves ${proves} when its process is not seen and it listens ${where}`, () => {
    using bench = new Bench(network === undefined ? gone : { ...gone, network });
    assert.equal(bench.waitedMs(), silentMs);
    assert.deepEqual(bench.verdict(), network === here ? proven : silent);
  });
}

Deno.test("broker that was waited for is not waited for again, but some time later", () => {
  using bench = new Bench(gone);
  assert.equal(bench.waitedMs(), silentMs);
  assert.equal(bench.waitedMs(), glanceMs);
  assert.deepEqual(bench.verdict(), silent);

  bench.waitedMs();
  bench.time.advance(silentMs);
  assert.equal(bench.verdict(), undefined);
  assert.equal(bench.waitedMs(), silentMs);
});

Deno.test("silence of one broker says nothing of the next one at its port", () => {
  using bench = new Bench(gone);
  bench.waitedMs();
  assert.equal(bench.verdict({ ...gone, epoch: gone.epoch + 1 }), undefined);
});

Deno.test("broker that its follower felt silent is not waited for again at another port", () => {
  using bench = new Bench(gone);
  bench.patience.felt(gone.epoch);
  assert.equal(bench.waitedMs(), glanceMs);
  assert.equal(bench.verdict(), undefined);
  bench.patience.felt(gone.epoch - 1);
  assert.equal(bench.waitedMs(), silentMs);
});
