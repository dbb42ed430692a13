import type { OperationName } from "../../lib/core/operations.ts";
import { decodeRequest, encodeReply } from "../../lib/core/wire.ts";
import { claim } from "../../lib/member/claim.ts";
import { FramedConnection } from "../../lib/member/framed_connection.ts";
import { Hub } from "../../lib/member/hub/hub.ts";
import { openAsBroker } from "../../lib/member/open_connection.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { Journal } from "../../lib/store/journal.ts";
import type { MemberBench } from "./member_bench.ts";

/**
 * A broker on the first port of a bus that ends like a killed process at the moment at which it
 * would answer its last operation: that is on disk, and nobody was told.
 */
export class DyingBroker {
  /** Resolves when it is dead. */
  readonly ended: Promise<void>;
  readonly #bench: MemberBench;
  readonly #last: OperationName;
  readonly #listener: Deno.TcpListener;
  readonly #hub: Hub;
  readonly #die: () => void;

  constructor(bench: MemberBench, last: OperationName) {
    const { directory, port } = bench;
    this.#bench = bench;
    this.#last = last;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    const { hold } = claim(directory, { port, pid: 1, atMs: 0 }, false);
    const { store, lock } = hold!;
    const facts = {
      pid: 1,
      port: () => port,
      epoch: 1,
      sinceMs: 0,
      version: "",
      home: "",
      sizeBytes: () => 0,
      warnings: () => [],
    };
    const journal = new Journal(store, 1, systemClock, () => {});
    this.#hub = new Hub({ journal, clock: systemClock, facts, lastInstances: store.instances() });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#die = () => {
      this.#hub.close();
      store.close();
      lock?.release();
      this.#listener.close();
      resolve();
    };
    this.ended = promise;
    this.#serve();
  }

  /** Serves the first caller. */
  async #serve(): Promise<void> {
    const conn = await this.#listener.accept();
    await openAsBroker(conn, { port: this.#bench.port, epoch: 1 }, this.#bench.credentials);
    const connection = new FramedConnection(conn);
    const fatal = new Set<number>();
    let dead = false;
    const session = this.#hub.open({
      reply: (reply) => {
        if (dead) return;
        dead = "id" in reply && fatal.has(reply.id);
        if (!dead) return connection.send(encodeReply(reply));
        connection.close();
        this.#die();
      },
    });
    await connection.run((body) => {
      const request = decodeRequest(body);
      if (request.operation.op === this.#last) fatal.add(request.id);
      session.receive(request);
    });
  }
}
