import type { Clock } from "../core/clock.ts";
import type { ElectionEvent, Holder } from "../core/election.ts";
import { invariant } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import { Broker } from "./broker.ts";
import { claim, depose } from "./claim.ts";
import type { Hold } from "./claim.ts";
import { readEndpoint } from "./endpoint_file.ts";
import { followerUplink } from "./follower_uplink.ts";
import { look } from "./look.ts";
import type { Credentials } from "./open_connection.ts";
import type { StateDirectory } from "./state_directory.ts";
import { Patience } from "./patience.ts";
import type { BoundPort, Claim, Leadership, Sight, Uplink, UplinkEvents, World } from "./world.ts";

export interface SocketWorldOptions {
  readonly directory: StateDirectory;
  readonly pid: number;
  /** The port that a bus comes back to when it is free. */
  readonly firstPort: number;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly os?: typeof Deno.build.os;
}

class BoundListener implements BoundPort {
  constructor(readonly listener: Deno.TcpListener) {}

  close(): void {
    this.listener.close();
  }
}

/** The machine as it is: TCP on the loopback address, and the user's state directory. */
export class SocketWorld implements World<Hold> {
  readonly #options: SocketWorldOptions;
  readonly #patience: Patience;

  constructor(options: SocketWorldOptions) {
    this.#options = options;
    this.#patience = new Patience(options);
  }

  hint(): number | undefined {
    const { directory, firstPort, os = Deno.build.os } = this.#options;
    const port = readEndpoint(directory.endpoint)?.port;
    // Windows takes a second or two to say that nobody listens. The first port is bound before anybody is
    // called there: nothing is lost by that.
    return os === "windows" && port === firstPort ? undefined : port;
  }

  async look(port: number, bind: boolean, patienceMs: number): Promise<Sight> {
    const extend = (waitedMs: number) => this.#patience.extendMs(port, waitedMs);
    const options = { ...this.#options, extend };
    const { event, listener, conn } = await look(port, bind, patienceMs, options);
    this.#patience.over();
    return {
      event,
      ...(listener === undefined ? {} : { bound: new BoundListener(listener) }),
      ...(conn === undefined ? {} : {
        line: {
          follow: (events) => this.#follow(conn, event, events),
          close: () => conn.close(),
        },
      }),
    };
  }

  async ask(holder: Holder): Promise<Sight> {
    const silent = () => this.#patience.verdict(holder);
    return silent() ??
      await this.look(holder.port, false, limits.silentMs).then((sight) =>
        sight.event.kind === "silent" ? silent() ?? sight : sight
      );
  }

  isBrokerSlow(): boolean {
    return this.#patience.isSlow;
  }

  /** A broker may have moved to another port since: its followers still know it by its epoch. */
  #follow(conn: Deno.TcpConn, met: ElectionEvent, events: UplinkEvents): Uplink {
    invariant(met.kind === "answered", "who follows was answered");
    const onLost = (silent: boolean) => {
      if (silent) this.#patience.felt(met.epoch);
      events.onLost(silent);
    };
    return followerUplink(conn, this.#options.clock, { ...events, onLost }, {
      isRunning: () => this.#patience.isRunning(met.epoch),
      isPassedOver: () => this.#patience.isPassedOver(met.epoch),
    });
  }

  claim(port: number, { heir }: { readonly heir: boolean }): Claim<Hold> {
    const { directory, pid, clock } = this.#options;
    return claim(directory, { port, pid, atMs: clock.wallMs() }, heir);
  }

  depose(port: number, judgedEpoch: number): Claim<Hold> {
    const { directory, pid, clock } = this.#options;
    return depose(directory, { port, pid, atMs: clock.wallMs() }, judgedEpoch);
  }

  lead(
    { listener }: BoundListener,
    hold: Hold,
    epoch: number,
    onFenced: () => void,
    onHandover?: () => void,
  ): Leadership {
    return new Broker({ ...this.#options, listener, hold, epoch, onFenced, onHandover });
  }
}
