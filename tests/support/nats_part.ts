import assert from "node:assert/strict";
import { Directory } from "../../lib/bus/nats/directory.ts";
import { natsSetting } from "../../lib/bus/nats/nats_setting.ts";
import { Presence } from "../../lib/bus/nats/presence.ts";
import { Realm } from "../../lib/bus/nats/realm.ts";
import { takeName } from "../../lib/member/hub/take_name.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import type { NatsServer } from "./nats_server.ts";

/** What one process has of a realm. */
export class NatsPart implements AsyncDisposable {
  private constructor(
    readonly realm: Realm,
    readonly directory: Directory,
    readonly presence: Presence,
  ) {}

  static async open(server: NatsServer, instance: string, machine = "here#1"): Promise<NatsPart> {
    const setting = natsSetting(`nats://${server.host}/test`);
    const clocks = { clock: systemClock, random: systemRandom };
    const realm = await Realm.open(setting, clocks);
    const directory = await Directory.open(realm, { machine, random: systemRandom });
    const presence = new Presence({ link: realm, directory, instance, pid: 1, machine });
    await presence.follow();
    await presence.start();
    return new NatsPart(realm, directory, presence);
  }

  async take(client: string, name?: string) {
    const hello = {
      op: "hello" as const,
      instance: this.presence.instance,
      pid: 1,
      client,
      directory: "/shop",
      ...(name === undefined ? {} : { name }),
    };
    const taken = await this.directory.transact((view) =>
      takeName(view, hello, this.presence, systemClock.wallMs())
    );
    assert(taken.kind === "taken");
    return taken.mailbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.presence.close();
    this.directory.close();
    await this.realm.close();
  }
}
