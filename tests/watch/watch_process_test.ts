import assert from "node:assert/strict";
import type { StatusResult } from "../../lib/core/types.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { LineReader } from "../support/line_reader.ts";

/** A `hustings watch` that writes into a pipe, and its lines as they come. */
class Watching {
  readonly child: Deno.ChildProcess;
  readonly out: LineReader;
  readonly errors: LineReader;
  readonly #others: string[] = [];

  constructor(bus: HustingsProcess, ...args: string[]) {
    this.child = bus.start(["watch", ...args]);
    this.out = new LineReader(this.child.stdout);
    this.errors = new LineReader(this.child.stderr);
  }

  /**
   * The first line that matches and was not given yet, whichever came between: what happens at
   * once (a name is taken, a message sent) is told in either order. Rejects with the lines that
   * it passed over when there is none.
   */
  async line(pattern: RegExp): Promise<string> {
    const kept = this.#others.findIndex((line) => pattern.test(line));
    if (kept >= 0) return this.#others.splice(kept, 1)[0]!;
    for (;;) {
      const line = await this.out.next();
      if (line === undefined) throw new Error(`No ${pattern} in ${this.#others.join("\n")}`);
      if (pattern.test(line)) return line;
      this.#others.push(line);
    }
  }
}

Deno.test("watch waits for a bus, follows each one that comes, makes no file, and is never the broker", async () => {
  await using bus = await HustingsProcess.create();
  const watching = new Watching(bus);
  assert.match((await watching.errors.next())!, /^hustings: There is no bus yet: waiting for one$/);
  await assert.rejects(Deno.stat(bus.home), Deno.errors.NotFound);
  const first = await bus.agent("claude-code");
  await first.client.callTool({ name: "send", arguments: { to: "ann", text: "one\ntwo" } });
  await watching.line(/ claude-shop is the broker \(process \d+, port \d+, epoch 1\)$/);
  await watching.line(/#1 claude-shop → ann: one …$/);
  Deno.kill(first.pid, "SIGKILL");
  const { broker } = await bus.json(["status"]) as StatusResult;
  assert.notEqual(broker?.pid, watching.child.pid);
  const second = await bus.agent("gemini-cli-mcp-client");
  await second.client.callTool({ name: "send", arguments: { to: "ann", text: "three" } });
  await watching.line(/#2 gemini-shop → ann: three$/);
  await bus.run(["check", "--as", "ann"]);
  await watching.line(/#1 read by ann$/);
  if (Deno.build.os === "windows") return;
  watching.child.kill("SIGINT");
  assert.equal((await watching.child.status).code, 130);
});

Deno.test("watch shows the last messages first, and ends without a word when its reader has gone", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  const send = (text: string) =>
    agent.client.callTool({ name: "send", arguments: { to: "ann", text } });
  for (const text of ["one", "two", "three"]) await send(text);
  const watching = new Watching(bus, "--last", "2", "--only", "messages");
  assert.match((await watching.out.next())!, /#2 claude-shop → ann: two$/);
  assert.match((await watching.out.next())!, /#3 claude-shop → ann: three$/);
  await watching.out.cancel();
  let code: number | undefined;
  watching.child.status.then((status) => code = status.code);
  while (code === undefined) await send("more");
  assert.equal(code, 0);
  assert.equal(await watching.errors.next(), undefined);
});

Deno.test("watch is the broker where nobody is, when it was told that it may", async () => {
  await using bus = await HustingsProcess.create();
  const watching = new Watching(bus, "--stand", "--json");
  const { broker } = JSON.parse(await watching.line(/"broker"/));
  assert.equal(broker.pid, watching.child.pid);
  assert.equal((await bus.json(["status"]) as StatusResult).broker?.pid, watching.child.pid);
});

Deno.test("watch refuses what it does not know, each with its cure", async () => {
  await using bus = await HustingsProcess.create();
  const cases: readonly [string[], RegExp][] = [
    [["ann"], /'watch' takes no 'ann': leave it out/],
    [["--only", "mails"], /--only is one of messages, states, members, bus: it is 'mails'/],
    [["--since", "noon"], /--since is how long ago/],
    [["--last", "-1"], /--last/],
    [["--conversation", "x"], /--conversation is a whole number from 1 on: it is 'x'/],
    [["--name", "a b"], /'a b' cannot be a name/],
    [["--as", "a b"], /'a b' cannot be a name/],
  ];
  await Promise.all(cases.map(async ([args, wanted]) => {
    const { code, stdout, stderr } = await bus.run(["watch", ...args]);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, wanted);
  }));
});
