import { freePorts } from "./free_ports.ts";
import { NatsServer } from "./nats_server.ts";

/** Three servers of NATS that keep what they store three times; `await using` ends them. */
export class NatsCluster implements AsyncDisposable {
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /** Resolves when they have found each other and one of them leads. */
  static async start(): Promise<NatsCluster> {
    const ports = freePorts(6);
    const routes = ports.slice(3).map((port) => `nats://127.0.0.1:${port}`);
    const servers = routes.map((_, index) =>
      NatsServer.prepare({
        port: ports[index]!,
        name: `server-${index}`,
        config: `cluster {
          name: test
          listen: "127.0.0.1:${ports[3 + index]}"
          routes: [${routes.filter((_, other) => other !== index).join(", ")}]
        }`,
      })
    );
    for (const server of servers) server.spawn();
    await Promise.any(
      servers.map((server) => server.says("Self is new JetStream cluster metadata leader")),
    );
    return new NatsCluster(servers);
  }

  /** The addresses for a `HUSTINGS_URL`. */
  get hosts(): string {
    return this.servers.map((server) => server.host).join(",");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
