import { natsPermissions } from "../../../lib/bus/nats/permissions.ts";
import { CutLine } from "../../support/cut_line.ts";
import { openNats } from "../../support/nats_bus.ts";
import { natsMissing, NatsServer } from "../../support/nats_server.ts";
import { natsUsers } from "../../support/nats_users.ts";
import type { BenchProcess, BusBench, BusKind } from "./bus_bench.ts";
import { TestClock } from "./bus_bench.ts";

const realm = "team";

/** The bus on one server of NATS, by a user that has no more rights there than it needs. */
export const natsKind: BusKind = {
  name: "bus on NATS",
  ...(natsMissing === undefined ? {} : { missing: natsMissing }),
  create: async () => {
    const config = natsUsers({ ann: natsPermissions(realm) });
    return new NatsBench(await NatsServer.start({ config }));
  },
};

/** Each of its processes comes by a way of its own, which is cut where it dies. */
class NatsBench implements BusBench {
  readonly clock = new TestClock();
  readonly #server: NatsServer;
  readonly #lines: CutLine[] = [];
  readonly #processes: BenchProcess[] = [];

  constructor(server: NatsServer) {
    this.#server = server;
  }

  open(): BenchProcess {
    const line = new CutLine(this.#server.port);
    const url = `nats://ann:right@127.0.0.1:${line.port}/${realm}`;
    const process = { bus: openNats(url, { clock: this.clock }), die: () => line.cut() };
    this.#lines.push(line);
    this.#processes.push(process);
    return process;
  }

  async restart(): Promise<void> {
    await this.#server.kill();
    await this.#server.begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map(({ bus }) => bus.leave()));
    for (const line of this.#lines) line.cut();
    await this.#server[Symbol.asyncDispose]();
  }
}
