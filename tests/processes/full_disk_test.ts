import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent, ToolFailure } from "../support/raw_agent.ts";
import { canMount, SmallDisk } from "../support/small_disk.ts";

const mebibyte = 1024 * 1024;

interface Checked {
  readonly messages: readonly { readonly text: string }[];
}

/** A sender and a reader whose bus lives on a small disk. */
class FullDiskBus implements AsyncDisposable {
  readonly accepted: string[] = [];
  readonly #bus: TemporaryBus;
  readonly #agents: RawAgent[] = [];

  constructor(bus: TemporaryBus, readonly disk: SmallDisk) {
    this.#bus = bus;
  }

  async agent(name: string): Promise<RawAgent> {
    const place = { ...this.#bus, home: this.disk.at("home") };
    const agent = await RawAgent.start(place, "agent", this.#bus.directory(name));
    this.#agents.push(agent);
    return agent;
  }

  /** Sends until the disk is full. */
  async fill(sender: RawAgent): Promise<void> {
    for (let n = this.accepted.length;; n++) {
      const text = `${n} ${"x".repeat(n % 7 === 0 ? 50_000 : 2_000)}`;
      try {
        await sender.call("send", { to: "agent-reader", text });
      } catch (error) {
        assert.match(String(error), /disk is full.*is safe.*free some space/);
        return;
      }
      this.accepted.push(text);
    }
  }

  async drain(reader: RawAgent): Promise<string[]> {
    const texts: string[] = [];
    for (;;) {
      const { messages } = await reader.call("check", {}) as unknown as Checked;
      if (messages.length === 0) return texts;
      texts.push(...messages.map(({ text }) => text));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.close()));
  }
}

/** Texts come cut where they are long: their beginning tells which they are. */
function numbers(texts: readonly string[]): string[] {
  return texts.map((text) => text.split(" ")[0]!);
}

// Only root on Linux can mount a disk to fill.
Deno.test(
  "full disk: no send, but readers drain, a broker takes over, and space ends it",
  {
    ignore: !canMount,
  },
  async () => {
    using disk = new SmallDisk(24 * mebibyte);
    await using temporary = await TemporaryBus.create();
    await using bus = new FullDiskBus(temporary, disk);
    const sender = await bus.agent("sender");
    const reader = await bus.agent("reader");
    await sender.call("send", { to: "agent-reader", text: "first" });
    assert.deepEqual(await bus.drain(reader), ["first"]);
    disk.fill(2 * mebibyte);
    await bus.fill(sender);
    assert.ok(bus.accepted.length > 50, `only ${bus.accepted.length} fitted`);
    disk.fill(0);
    const half = await bus.drain(reader);
    assert.deepEqual(numbers(half), numbers(bus.accepted));

    disk.clear();
    // For the reserve, and some more messages.
    disk.fill(7 * mebibyte);
    await bus.fill(sender);
    const later = bus.accepted.slice(half.length);
    assert.ok(later.length > 10, "freed space is used without a restart");
    disk.fill(0);
    const { name } = await reader.call("rename", { name: "worker" });
    assert.equal(name, "worker");
    // The first one was the broker.
    await sender.kill();
    assert.deepEqual(numbers(await bus.drain(reader)), numbers(later));
    const newcomer = await bus.agent("newcomer");
    const refused = newcomer.call("send", { to: "worker", text: "hi" });
    await assert.rejects(refused, (error) => error instanceof ToolFailure);
    disk.clear();
    await newcomer.call("send", { to: "worker", text: "hi" });
    assert.deepEqual(await bus.drain(reader), ["hi"]);
  },
);
