import { DatabaseSync } from "node:sqlite";
import { encodeFrame } from "../../lib/core/frame.ts";
import type { Reply } from "../../lib/core/wire.ts";
import type { Credentials } from "../../lib/member/open_connection.ts";
import { macOf, readSecret } from "../../lib/member/secret.ts";
import type { TemporaryBus } from "./bus_place.ts";
import { RawCaller } from "./raw_caller.ts";
import { SeededRandom } from "./seeded.ts";

/**
 * A member that is no process of its own: it speaks to the brokers of real processes over real
 * sockets, says each request when a test wants it, and sees the store from outside.
 */
export class OutsideCaller implements Disposable {
  readonly #bus: TemporaryBus;
  readonly #credentials: Credentials;
  readonly #store: DatabaseSync;
  readonly #instance = crypto.randomUUID();
  #caller: RawCaller | undefined;
  #epoch = 0;
  #lastId = 0;

  private constructor(bus: TemporaryBus, credentials: Credentials) {
    this.#bus = bus;
    this.#credentials = credentials;
    this.#store = new DatabaseSync(`${bus.home}/messages.db`, { readOnly: true });
  }

  /** One that has its name at the broker of `bus`, which has one. */
  static async join(bus: TemporaryBus): Promise<OutsideCaller> {
    const random = new SeededRandom(crypto.getRandomValues(new Int32Array(1))[0]!);
    const mac = await macOf(readSecret(`${bus.home}/secret`, random));
    const caller = new OutsideCaller(bus, { mac, random });
    await caller.nextBroker();
    return caller;
  }

  /** Resolves once a broker with a later epoch has greeted this one. */
  async nextBroker(): Promise<void> {
    for (;;) {
      const { port, epoch } = this.#bus.endpoint();
      const caller = epoch > this.#epoch
        ? await RawCaller.proven(port, this.#credentials).catch(() => undefined)
        : undefined;
      if (caller !== undefined) {
        this.#caller?.close();
        this.#caller = caller;
        this.#epoch = epoch;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const who = { client: "outside", directory: "/outside", instance: this.#instance, pid: 1 };
    const reply = await this.ask({ op: "hello", ...who });
    if (!reply || !("ok" in reply)) throw new Error(`Not greeted: ${JSON.stringify(reply)}`);
  }

  /** Sends requests in one go; their replies are whatever `reply` reads next. */
  async say(operations: readonly Record<string, unknown>[]): Promise<void> {
    const frames = operations.map((operation) =>
      encodeFrame(new TextEncoder().encode(JSON.stringify({ id: ++this.#lastId, ...operation })))
    );
    await this.#caller!.write(new Uint8Array(await new Blob(frames).arrayBuffer()));
  }

  /** Resolves with the next reply, or undefined where the broker went first. */
  async reply(): Promise<Reply | undefined> {
    return await this.#caller!.reply();
  }

  async ask(operation: Record<string, unknown>): Promise<Reply | undefined> {
    await this.say([operation]);
    return await this.reply();
  }

  /** The numbers under which the message is in the store: one where all is well. */
  numbersOf(uuid: string): number[] {
    const rows = this.#store.prepare("SELECT id FROM messages WHERE uuid = ?").all(uuid);
    return rows.map((row) => Number(row["id"]));
  }

  [Symbol.dispose](): void {
    this.#caller?.close();
    this.#store.close();
  }
}
