import type { Operation, OperationName } from "../../lib/core/operations.ts";
import type { Reply } from "../../lib/core/wire.ts";
import { decodeRequest, encodeReply } from "../../lib/core/wire.ts";
import { writeEndpoint } from "../../lib/member/endpoint_file.ts";
import { FramedConnection } from "../../lib/member/framed_connection.ts";
import { openAsBroker } from "../../lib/member/open_connection.ts";
import type { Credentials } from "../../lib/member/open_connection.ts";
import { macOf, readSecret } from "../../lib/member/secret.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import { systemRandom } from "../../lib/member/system_random.ts";

/** What a test has the broker answer: a result, an error as `{ error }`, or nothing for now. */
export type Script = Partial<
  Record<OperationName, (operation: Operation, id: number) => unknown | undefined>
>;

/** The places of a bus. */
interface Place {
  readonly home: string;
  readonly port: number;
}

/** A broker that proves itself as real ones do and answers what a test says. */
export class ScriptedBroker implements AsyncDisposable {
  /** Everything it was asked, in order, without signs of life. */
  readonly asked: Operation[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #credentials: Credentials;
  readonly #script: Script;
  readonly #connections = new Set<FramedConnection>();
  readonly #served: Promise<void>[] = [];
  readonly #accepting: Promise<void>;
  #asks = Promise.withResolvers<void>();
  #gone = false;

  private constructor(listener: Deno.TcpListener, credentials: Credentials, script: Script) {
    this.#listener = listener;
    this.#credentials = credentials;
    this.#script = script;
    this.#accepting = this.#accept();
  }

  /** One on the first port of `place`, or on `port`, that is published there unless told otherwise. */
  static async start(
    place: Place,
    script: Script,
    { port = place.port, published = true } = {},
  ): Promise<ScriptedBroker> {
    const directory = openStateDirectory(place.home, false);
    const mac = await macOf(readSecret(directory.secret, systemRandom));
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    if (published) writeEndpoint(directory.endpoint, { port, pid: Deno.pid, epoch: 1 });
    return new ScriptedBroker(listener, { mac, random: systemRandom }, script);
  }

  /** The names of what it was asked. */
  get ops(): string[] {
    return this.asked.map(({ op }) => op);
  }

  /** Resolves once it was asked for `op` that many times, with the last of them. */
  async wasAsked(op: OperationName, times = 1): Promise<Operation> {
    for (;;) {
      const found = this.asked.filter((operation) => operation.op === op);
      if (found.length >= times) return found[times - 1]!;
      await this.#asks.promise;
    }
  }

  /** Goes: hangs up and gives the port back. */
  async leave(): Promise<void> {
    if (!this.#gone) this.#listener.close();
    this.#gone = true;
    for (const connection of this.#connections) connection.close();
    await this.#accepting;
    await Promise.all(this.#served);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#served.push(this.#serve(conn));
    } catch {
      // The port was given back.
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    const { port } = this.#listener.addr;
    const caller = await openAsBroker(conn, { port, epoch: 1 }, this.#credentials)
      .catch(() => undefined);
    if (caller?.kind !== "member") return conn.close();
    const connection = new FramedConnection(conn);
    this.#connections.add(connection);
    await connection.run((body) => this.#answer(connection, body));
    this.#connections.delete(connection);
  }

  #answer(connection: FramedConnection, body: Uint8Array): void {
    const { id, operation } = decodeRequest(body);
    if (operation.op === "ping") return connection.send(encodeReply({ id, ok: {} }));
    this.asked.push(operation);
    const said = this.#script[operation.op]?.(operation, id);
    if (said !== undefined) connection.send(encodeReply(replyOf(id, said)));
    this.#asks.resolve();
    this.#asks = Promise.withResolvers();
  }
}

function replyOf(id: number, said: unknown): Reply {
  const isError = typeof said === "object" && said !== null && "error" in said;
  return isError ? { id, error: (said as { error: never }).error } : { id, ok: said };
}
