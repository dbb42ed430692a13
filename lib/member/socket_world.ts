import type { Clock } from "../core/clock.ts";
import { Broker } from "./broker.ts";
import { claim, depose } from "./claim.ts";
import type { Hold } from "./claim.ts";
import { readEndpoint } from "./endpoint_file.ts";
import { followerUplink } from "./follower_uplink.ts";
import { look } from "./look.ts";
import type { Credentials } from "./open_connection.ts";
import type { StateDirectory } from "./state_directory.ts";
import type { BoundPort, Claim, Leadership, Sight, World } from "./world.ts";

export interface SocketWorldOptions {
  readonly directory: StateDirectory;
  readonly pid: number;
  /** The port that a bus comes back to when it is free. */
  readonly firstPort: number;
  readonly clock: Clock;
  readonly credentials: Credentials;
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

  constructor(options: SocketWorldOptions) {
    this.#options = options;
  }

  hint(): number | undefined {
    return readEndpoint(this.#options.directory.endpoint)?.port;
  }

  async look(
    port: number,
    bind: boolean,
    patienceMs: number,
    turn: () => Promise<void>,
  ): Promise<Sight> {
    const { clock } = this.#options;
    const options = { ...this.#options, turn };
    const { event, listener, conn } = await look(port, bind, patienceMs, options);
    return {
      event,
      ...(listener === undefined ? {} : { bound: new BoundListener(listener) }),
      ...(conn === undefined ? {} : {
        line: {
          follow: (events) => followerUplink(conn, clock, events),
          close: () => conn.close(),
        },
      }),
    };
  }

  claim(port: number, { heir }: { readonly heir: boolean }): Claim<Hold> {
    const { directory, pid, clock } = this.#options;
    return claim(directory, { port, pid, atMs: clock.wallMs() }, heir);
  }

  depose(port: number, judgedEpoch: number): Claim<Hold> {
    const { directory, pid, clock } = this.#options;
    return depose(directory, { port, pid, atMs: clock.wallMs() }, judgedEpoch);
  }

  lead(bound: BoundListener, hold: Hold, epoch: number, onFenced: () => void): Leadership {
    const { listener } = bound;
    return new Broker({ ...this.#options, listener, hold, epoch, onFenced });
  }
}
