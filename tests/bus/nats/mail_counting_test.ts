import assert from "node:assert/strict";
import type { Link } from "../../../lib/bus/nats/link.ts";
import { MailCounting } from "../../../lib/bus/nats/mail_counting.ts";
import { realmNames } from "../../../lib/bus/nats/realm_names.ts";
import { limits } from "../../../lib/core/limits.ts";

/** A server on which one message more lies unread at each look, each of which takes a second. */
class SlowServer {
  nowMs = 0;
  unread: number;
  readonly link: Link;

  constructor(unread: number) {
    this.unread = unread;
    const info = (stream: string) => {
      this.nowMs += 1_000;
      const keys = Array.from({ length: ++this.unread }, (_, n) => `open.7.8.${n}`);
      const subjects = Object.fromEntries(keys.map((key) => [`$KV.${stream.slice(3)}.${key}`, 1]));
      return Promise.resolve({ state: { subjects, last_seq: this.unread } });
    };
    this.link = {
      names: realmNames("team"),
      clock: { monotonicMs: () => this.nowMs, wallMs: () => this.nowMs, after: () => () => {} },
      run: <T>(step: () => Promise<T>) => step(),
      jsm: { streams: { info } },
    } as unknown as Link;
  }
}

Deno.test("unread messages are counted for each who asks while they are few", async () => {
  const counting = new MailCounting(new SlowServer(0).link, () => false);
  assert.equal((await counting.of())(7).accepted, 1);
  assert.equal((await counting.of())(7).accepted, 2);
});

Deno.test("count of very many serves for ten times as long as it took, and no longer", async () => {
  const many = limits.natsManyUnread;
  const server = new SlowServer(many);
  const counting = new MailCounting(server.link, () => false);
  assert.equal((await counting.of())(7).accepted, many + 1);
  server.nowMs += 8_999;
  assert.equal((await counting.of())(7).accepted, many + 1);
  assert.equal((await counting.of([7]))(7).accepted, many + 2, "one box is counted anew");
  server.nowMs += 1;
  assert.equal((await counting.of())(7).accepted, many + 3);
});
