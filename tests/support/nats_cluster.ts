import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
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

  /**
   * Resolves when all that `stream` has lies on each of the servers, and so do the records of which
   * streams there are: then any one of them may die. Returns the index of the one that leads the stream.
   */
  async settle(stream: string): Promise<number> {
    const connection = await connect({ servers: this.hosts.split(","), maxReconnectAttempts: -1 });
    try {
      for (;;) {
        const leader = await leaderOf(connection, stream);
        const index = this.servers.findIndex(({ name }) => name === leader);
        if (index >= 0) return index;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}

/** Who leads `stream`, where all that it has lies on each server; undefined where it does not. */
async function leaderOf(
  connection: Awaited<ReturnType<typeof connect>>,
  stream: string,
): Promise<string | undefined> {
  try {
    const jsm = await jetstreamManager(connection, { checkAPI: false });
    const leaders: (string | undefined)[] = [];
    for await (const { config, cluster } of jsm.streams.list()) {
      const isBehind = cluster?.replicas?.some(({ current, offline, lag }) =>
        !current || offline === true || (lag ?? 0) > 0
      );
      if (isBehind !== false) return undefined;
      if (config.name === stream) leaders.push(cluster?.leader);
    }
    return leaders[0];
  } catch {
    return undefined; // nobody leads at this moment
  }
}
