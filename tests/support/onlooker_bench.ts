import type { BusEvent, BusSnapshot, ObserveResult } from "../../lib/core/bus_events.ts";
import type { HubBench, HubMember } from "./hub_bench.ts";

/** One who looks on at a hub without a name, and remembers where it is. */
export class HubOnlooker {
  readonly who: HubMember;
  cursor = "";

  private constructor(who: HubMember) {
    this.who = who;
  }

  /** Looks on from now on; `snapshot` is what it saw first. */
  static async begin(bench: HubBench): Promise<{ onlooker: HubOnlooker; snapshot: BusSnapshot }> {
    const onlooker = new HubOnlooker(bench.open());
    const { snapshot } = await onlooker.observe();
    if (snapshot === undefined) throw new Error("The first look brought no snapshot");
    return { onlooker, snapshot };
  }

  /** What happened since; waits for at most `waitMs`. */
  async observe(waitMs = 0): Promise<ObserveResult> {
    const from = this.cursor === "" ? {} : { cursor: this.cursor };
    const result = await this.who.ask({ op: "observe", waitMs, ...from });
    this.cursor = result.cursor;
    return result;
  }

  /** What happened since that is of one of these kinds, once `bench` has been at rest for a second. */
  async events(bench: HubBench, ...kinds: BusEvent["kind"][]): Promise<BusEvent[]> {
    await bench.turn(1_000);
    const { events } = await this.observe();
    return events.filter(({ kind }) => kinds.includes(kind));
  }
}
