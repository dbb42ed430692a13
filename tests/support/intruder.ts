import assert from "node:assert/strict";
import type { CheckResult, HistoryResult, Receipt } from "../../lib/core/types.ts";
import type { Reply } from "../../lib/core/wire.ts";
import type { MemberBench } from "./member_bench.ts";
import { RawCaller } from "./raw_caller.ts";

/** A proven caller that says what no member of ours would, and the id for its next request. */
export class Intruder implements Disposable {
  readonly caller: RawCaller;
  readonly instance: string;
  #id = 0;

  private constructor(caller: RawCaller, instance: string) {
    this.caller = caller;
    this.instance = instance;
  }

  /** One that has said nothing yet. */
  static async open(bench: MemberBench, instance = ""): Promise<Intruder> {
    return new Intruder((await RawCaller.proven(bench.port, bench.credentials))!, instance);
  }

  static async join(
    bench: MemberBench,
    name: string,
    instance = name,
    who: Record<string, unknown> = {},
  ): Promise<Intruder> {
    const intruder = await Intruder.open(bench, instance);
    const hello = { op: "hello", instance, pid: 1, client: name, directory: "/x", name };
    await intruder.ask({ ...hello, ...who });
    return intruder;
  }

  /** Sends a request and resolves with its reply. */
  async reply(operation: Record<string, unknown>): Promise<Reply> {
    const id = ++this.#id;
    await this.caller.frame({ id, ...operation });
    for (;;) {
      const reply = await this.caller.reply();
      assert.ok(reply !== undefined, "the connection ended");
      if (reply.id === id) return reply;
    }
  }

  async ask<T>(operation: Record<string, unknown>): Promise<T> {
    const reply = await this.reply(operation);
    assert.ok("ok" in reply, JSON.stringify(reply));
    return reply.ok as T;
  }

  /** The code with which the request is refused; `taken` where it is not. */
  async code(operation: Record<string, unknown>): Promise<string> {
    const reply = await this.reply(operation);
    return "error" in reply ? reply.error.code : "taken";
  }

  send(to: string, text: string): Promise<Receipt> {
    return this.ask({ op: "send", message: crypto.randomUUID(), to: [to], text });
  }

  check(): Promise<CheckResult> {
    return this.ask({ op: "check", waitMs: 0 });
  }

  async state(id: number): Promise<string | undefined> {
    const { entries } = await this.ask<HistoryResult>({ op: "history", limit: 50 });
    return entries.find((entry) => entry.id === id)?.to[0]?.state;
  }

  [Symbol.dispose](): void {
    this.caller.close();
  }
}
