import { Hub } from "../../lib/member/hub/hub.ts";
import { LegacyDesk } from "../../lib/member/legacy/legacy_desk.ts";
import type { LegacyReply } from "../../lib/member/legacy/legacy_desk_options.ts";
import type { LegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { LongTextFiles } from "../../lib/member/long_text_files.ts";
import { macOf } from "../../lib/member/secret.ts";
import { Journal } from "../../lib/store/journal.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import type { LegacyAnswer } from "./legacy_scripts.ts";
import { ScriptedStore } from "./scripted_store.ts";
import { SeededRandom } from "./seeded.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** The desk of a broker without sockets, on a store that can fail and under a clock that a test turns. */
export class DeskBench implements Disposable {
  readonly store = new ScriptedStore();
  readonly time = new SimTime();
  readonly clock = this.time.clockOf(new SimProcess());
  readonly hub: Hub;
  readonly #desk: LegacyDesk;
  readonly #root = new TemporaryDirectory();
  readonly #setting: LegacySetting = { mode: "open" };

  private constructor(mac: Awaited<ReturnType<typeof macOf>>) {
    const { store, clock } = this;
    const epoch = store.claim({ port: 9, pid: 8, atMs: 7 });
    const journal = new Journal(store, epoch, clock, () => {});
    const facts = { pid: 8, port: () => 9, epoch, sinceMs: 0, version: "1", home: "/home" };
    this.hub = new Hub({
      ...{ journal, clock, lastInstances: store.instances() },
      facts: { ...facts, sizeBytes: () => 0, warnings: () => [] },
    });
    const random = new SeededRandom(1);
    const files = new LongTextFiles(this.#root.at("texts"));
    this.#desk = new LegacyDesk({
      hub: this.hub,
      journal,
      clock,
      credentials: { mac, random },
      files,
    });
  }

  static async create(): Promise<DeskBench> {
    return new DeskBench(await macOf(new Uint8Array(32)));
  }

  /** One request and its answer; `arrives` says whether the script gets it. */
  async ask(request: Record<string, unknown>, arrives = true): Promise<LegacyAnswer> {
    let said: LegacyReply | undefined;
    await this.#desk.serve(request, this.#setting, (reply) => {
      said = reply;
      return Promise.resolve(arrives);
    });
    return said;
  }

  /** Registers a name; what comes back acts under it. */
  async register(
    name: string,
  ): Promise<(action: string, fields?: object) => Promise<LegacyAnswer>> {
    const { session_token } = await this.ask({ action: "register", instance_id: name });
    return (action, fields = {}) =>
      this.ask({ action, instance_id: name, from_id: name, ...fields, session_token });
  }

  [Symbol.dispose](): void {
    this.hub.close();
    this.store.close();
    this.#root[Symbol.dispose]();
  }
}
