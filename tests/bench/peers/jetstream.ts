import { freePorts } from "../../support/free_ports.ts";
import { Spawned } from "../spawned.ts";
import { bytes, RoundTrip } from "./round_trip.ts";

/** NATS JetStream with a stream in files. It answers before the disk has it: its default is two minutes. */
export class JetStream implements AsyncDisposable {
  readonly name = "NATS JetStream, not flushed";
  readonly #server: Spawned;
  readonly #port: number;
  #clients = 0;

  private constructor(server: Spawned, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async start(directory: string): Promise<JetStream> {
    const [port] = freePorts(1);
    const args = ["-js", "-a", "127.0.0.1", "-p", String(port), "-sd", directory];
    const server = await Spawned.until(["nats-server", ...args], "Server is ready");
    const made = new JetStream(server, port!);
    const ask = await made.#client();
    const stream = { name: "bench", subjects: ["bench.>"], storage: "file" };
    const answer = await ask("$JS.API.STREAM.CREATE.bench", JSON.stringify(stream));
    if (answer.includes('"error"')) throw new Error(`NATS says ${answer}`);
    return made;
  }

  async sender(): Promise<(text: string) => Promise<void>> {
    const ask = await this.#client();
    return async (text) => {
      const answer = await ask("bench.message", text);
      if (!answer.includes('"seq"')) throw new Error(`NATS says ${answer}`);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.end();
  }

  /** Publishes with an inbox for the answer (docs.nats.io, client protocol). */
  async #client(): Promise<(subject: string, body: string) => Promise<string>> {
    const line = await RoundTrip.open(this.#port);
    await line.next(); // INFO
    const inbox = `inbox.${++this.#clients}`;
    await line.ask(bytes(`CONNECT {"verbose":false}\r\nSUB ${inbox} 1\r\nPING\r\n`));
    return async (subject, body) => {
      const length = bytes(body).length;
      let answer = await line.ask(bytes(`PUB ${subject} ${inbox} ${length}\r\n${body}\r\n`));
      // Its own pings come at any time.
      while (!answer.includes("MSG ")) answer = await line.ask(bytes("PONG\r\n"));
      return answer;
    };
  }
}
