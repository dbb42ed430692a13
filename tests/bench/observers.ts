import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { benchMember } from "./bench_member.ts";
import type { Context } from "./context.ts";
import { fromSource } from "./programs.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";
import { Spawned } from "./spawned.ts";
import { typicalText } from "./typical_text.ts";

/** How many look on at each of the buses that are compared. */
const counts = [0, 1, 10] as const;

/** What a send costs while others look on, from the call to the receipt, beside one that nobody sees. */
export async function observers({ quick }: Context): Promise<Row[]> {
  const buses = await Promise.all(counts.map(ObservedBus.start));
  for (let round = -1; round < (quick ? 1 : 20); round++) {
    for (const bus of buses) await bus.send(quick ? 20 : 200, round >= 0);
  }
  for (const bus of buses) await bus.end();
  const [nobody, ...others] = buses;
  return others.flatMap(({ count, sends, bursts }) => [
    timedRow(`send, ${count} look on`, sends, "nobody looks on", nobody!.sends, "≤ 1.1"),
    timedRow(`16 sends at once, ${count} look on`, bursts, "nobody", nobody!.bursts, "to know"),
  ]);
}

/** A bus with a broker, a sender in this process, and those who look on in another one. */
class ObservedBus {
  readonly count: number;
  readonly sends = new Samples();
  readonly bursts = new Samples();
  readonly #parts: Awaited<ReturnType<typeof start>>;

  private constructor(count: number, parts: Awaited<ReturnType<typeof start>>) {
    this.count = count;
    this.#parts = parts;
  }

  static async start(count: number): Promise<ObservedBus> {
    return new ObservedBus(count, await start(count));
  }

  async send(times: number, isCounted: boolean): Promise<void> {
    const { member } = this.#parts;
    const send = () => member.send({ to: ["sender"], text: typicalText });
    const burst = () => Promise.all(Array.from({ length: 16 }, send));
    for (let n = 0; n < times; n++) await (isCounted ? this.sends.time(send) : send());
    for (let n = 0; n < times / 4; n++) await (isCounted ? this.bursts.time(burst) : burst());
    // What it has queued for itself does not grow over the rounds.
    for (let more = 1; more > 0;) {
      const handed = await member.check({ waitMs: 0 });
      await handed.confirm();
      more = handed.more;
    }
  }

  async end(): Promise<void> {
    const { bus, broker, member, onlookers } = this.#parts;
    await onlookers?.end();
    await member.leave();
    await broker.close();
    await bus[Symbol.asyncDispose]();
  }
}

async function start(count: number) {
  const bus = await TemporaryBus.create();
  const broker = await RawAgent.start(bus, "agent", bus.directory("broker"));
  const member = await benchMember(bus, "sender");
  const words = [bus.home, String(bus.port), String(count)];
  const onlookers = count === 0
    ? undefined
    : await Spawned.until([...fromSource("./peers/onlookers.ts"), ...words], "ready");
  return { bus, broker, member, onlookers };
}
