import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { LegacyReply } from "../../lib/member/legacy/legacy_desk_options.ts";
import { LegacyDoor } from "../../lib/member/legacy/legacy_door.ts";
import { writeLegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import { settled } from "../support/hub_bench.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const reply: LegacyReply = { status: "ok", messages: [] };
const text = JSON.stringify(reply);

/**
 * A connection whose other side ends as a test says. `refused`: the system refuses what comes after the
 * first piece, as that found nobody any more.
 */
class ScriptedConn {
  readonly written: string[] = [];
  readonly ended = Promise.withResolvers<null>();
  closedWrite = false;
  refused = false;
  onWrite: () => void = () => {};

  read(): Promise<number | null> {
    return this.ended.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.refused && this.written.length > 0) {
      return Promise.reject(new Deno.errors.BrokenPipe("refused"));
    }
    this.written.push(new TextDecoder().decode(bytes));
    this.onWrite();
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    this.closedWrite = true;
    return Promise.resolve();
  }

  close(): void {
    this.ended.reject(new Deno.errors.BadResource("closed"));
  }
}

/** Serves what was `said` on `conn`; resolves with whether an answer counts as arrived, once time went on. */
async function served(conn: ScriptedConn, turnMs = 0, said = "{}"): Promise<boolean | undefined> {
  using root = new TemporaryDirectory();
  const directory = stateFiles(root.path);
  writeLegacySetting(directory.legacy, { mode: "open" });
  const time = new SimTime();
  let arrived: boolean | undefined;
  const door = new LegacyDoor({
    directory,
    clock: time.clockOf(new SimProcess()),
    desk: {
      async serve(_request, _setting, deliver) {
        await settled();
        arrived = await deliver(reply);
      },
    },
  });
  const serving = door.serve(conn as unknown as Deno.TcpConn, new TextEncoder().encode(said));
  await settled();
  await settled();
  while (time.advance(turnMs)) await settled();
  await serving;
  return arrived;
}

Deno.test("an answer has arrived when the script hangs up after it, and nothing else was said to it", async () => {
  const conn = new ScriptedConn();
  conn.onWrite = () => conn.ended.resolve(null);
  assert.equal(await served(conn), true);
  assert.deepEqual(conn.written, [text, "\n"]);
});

Deno.test("an answer has not arrived when the script hung up before it and the system refuses more", async () => {
  const conn = new ScriptedConn();
  conn.refused = true;
  conn.onWrite = () => conn.ended.resolve(null);
  assert.equal(await served(conn), false);
});

Deno.test("an answer has not arrived when the script leaves a part of it unread", async () => {
  const conn = new ScriptedConn();
  conn.onWrite = () => conn.ended.reject(new Deno.errors.ConnectionReset("cut"));
  assert.equal(await served(conn), false);
});

Deno.test("a side that was ended before the answer is told in two pieces, of which a dead one refuses the second", async () => {
  for (const refused of [false, true]) {
    const conn = new ScriptedConn();
    conn.refused = refused;
    conn.ended.resolve(null);
    assert.equal(await served(conn), !refused);
    assert.equal(conn.written.join(""), refused ? text.slice(0, -1) : text);
  }
});

Deno.test("who reads to the end is shown it, and has the answer when it stays for longer than scripts do", async () => {
  const conn = new ScriptedConn();
  assert.equal(await served(conn, 60_000), true);
  assert.deepEqual(conn.written, [text]);
  assert.ok(conn.closedWrite);
});

Deno.test("a request that does not come to its end in time is closed without an answer", async () => {
  const conn = new ScriptedConn();
  assert.equal(await served(conn, limits.legacyMs, '{"action":'), undefined);
  assert.deepEqual(conn.written, []);
});
