import { freePorts } from "../../support/free_ports.ts";
import { Spawned } from "../spawned.ts";
import { bytes, RoundTrip } from "./round_trip.ts";

/** Redis with each write flushed to the disk; its stream takes our messages. */
export class Redis implements AsyncDisposable {
  readonly name = "Redis Streams, appendfsync always";
  readonly #server: Spawned;
  readonly #port: number;

  private constructor(server: Spawned, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async start(directory: string): Promise<Redis> {
    const [port] = freePorts(1);
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
    const durable = ["--appendonly", "yes", "--appendfsync", "always"];
    const sign = "Ready to accept connections";
    return new Redis(await Spawned.until(["redis-server", ...args, ...durable], sign), port!);
  }

  /** A client of its own; `send` resolves when Redis says that it has the text. */
  async sender(): Promise<(text: string) => Promise<void>> {
    const line = await RoundTrip.open(this.#port);
    return async (text) => {
      const parts = ["XADD", "messages", "*", "text", text];
      const said = parts.map((part) => `$${bytes(part).length}\r\n${part}\r\n`).join("");
      const answer = await line.ask(bytes(`*${parts.length}\r\n${said}`));
      if (!answer.startsWith("$")) throw new Error(`Redis says ${answer}`);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.end();
  }
}
