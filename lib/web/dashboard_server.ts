import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type ErrorCode, HustingsError, toHustingsError } from "../core/errors.ts";
import { api, type Desk } from "./api.ts";
import { streamEvents } from "./event_stream.ts";
import { type Asked, Gate, isApi } from "./gate.ts";
import { pageFiles } from "./page_files.ts";
import { pageHeaders } from "./page_headers.ts";
import { readBody } from "./read_body.ts";
import { webLimits } from "./web_limits.ts";

export interface DashboardOptions extends Desk {
  /** What the page shows in the header of each request; of `[A-Za-z0-9_-]`. */
  readonly key: string;
  /** 0: one that the system picks. */
  readonly port: number;
}

/** Statuses of errors that are not the caller's. */
const statuses: ReadonlyMap<ErrorCode, number> = new Map([
  ["bus_down", 503],
  ["store_full", 507],
  ["internal", 500],
  ["too_many_requests", 429],
  ["too_large", 413],
]);

/** The HTTP side of the dashboard, on 127.0.0.1: the page, a stream of events a page, and what it asks. */
export class DashboardServer {
  readonly #options: DashboardOptions;
  readonly #server: Server;
  #gate!: Gate;
  #streams = 0;

  private constructor(options: DashboardOptions) {
    this.#options = options;
    this.#server = createServer({
      maxHeaderSize: webLimits.headerBytes,
      headersTimeout: webLimits.headersMs,
      requestTimeout: webLimits.requestMs,
      keepAliveTimeout: webLimits.idleMs,
      connectionsCheckingInterval: webLimits.headersMs,
    }, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = webLimits.connections;
  }

  /** Begins to listen; rejects with `bad_request` where the port cannot be had. */
  static async start(options: DashboardOptions): Promise<DashboardServer> {
    const made = new DashboardServer(options);
    await made.#listen(options.port);
    made.#gate = new Gate(made.port, options.key);
    return made;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = ({ message }: Error) => {
      const cure = "name another with --port, or leave that out";
      reject(new HustingsError("bad_request", `Port ${port} cannot be had (${message}): ${cure}`));
    };
    this.#server.once("error", fail);
    this.#server.listen({ host: "127.0.0.1", port }, resolve);
    await promise;
    this.#server.off("error", fail);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever hangs up in the middle needs no answer.
    request.on("error", () => {});
    response.on("error", () => {});
    try {
      const asked = askedBy(request);
      const refusal = this.#gate.refusal(asked);
      if (refusal !== undefined) {
        const error = { code: "bad_request", message: refusal.message };
        return answerJson(response, refusal.status, { error });
      }
      if (!isApi(asked.path)) return answerFile(response, asked.path);
      if (asked.path === "/api/events") return await this.#stream(request, response);
      await this.#act(asked, request, response);
    } catch (thrown) {
      const { code, message } = toHustingsError(thrown);
      answerJson(response, statuses.get(code) ?? 400, { error: { code, message } });
    }
  }

  async #act(asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const act = Object.hasOwn(api, asked.path) ? api[asked.path] : undefined;
    if (act === undefined || asked.method !== "POST") {
      throw new HustingsError("bad_request", `There is no ${asked.method} ${asked.path}`);
    }
    answerJson(response, 200, await act(this.#options, await readBody(request)));
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#streams >= webLimits.streams) {
      const cure = "close one of the dashboard's other windows";
      throw new HustingsError(
        "too_many_requests",
        `${this.#streams} pages follow already: ${cure}`,
      );
    }
    this.#streams += 1;
    try {
      response.writeHead(200, { ...pageHeaders, "content-type": "text/event-stream" });
      const [cursor] = valuesOf(request, "last-event-id");
      await streamEvents(response, { ...this.#options, cursor });
    } finally {
      this.#streams -= 1;
    }
  }
}

function askedBy(request: IncomingMessage): Asked {
  const { method = "", url = "" } = request;
  const path = url.replace(/[?#].*$/s, "");
  return { method, path, header: (name) => valuesOf(request, name) };
}

/** All values of a header; Node's own table of them is not there in Deno 2.6. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name
  );
}

function answerFile(response: ServerResponse, path: string): void {
  const file = Object.hasOwn(pageFiles, path) ? pageFiles[path] : undefined;
  if (file === undefined) {
    const error = { code: "bad_request", message: "There is no such page: the dashboard is at /" };
    return answerJson(response, 404, { error });
  }
  answer(response, 200, file.type, file.text);
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, status, "application/json", JSON.stringify(value));
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent) return;
  const body = new TextEncoder().encode(text);
  const length = String(body.length);
  // What was not read of a refused request must not be taken for the next one.
  const more = status < 400 ? {} : { connection: "close" };
  response.writeHead(status, {
    ...pageHeaders,
    ...more,
    "content-type": type,
    "content-length": length,
  });
  response.end(body);
}
