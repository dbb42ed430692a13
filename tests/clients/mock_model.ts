import { callsIn } from "./calls_in.ts";
import { vendorApis } from "./vendor_apis.ts";

/** One request that a client made of the model. */
export interface Shown {
  /** By `performance.now()`. */
  readonly atMs: number;
  /** The interface that it came over: each client has its own. */
  readonly path: string;
  /** All that the model was shown, as it came. */
  readonly body: string;
}

/** What a model does unasked: where it is shown what `pattern` fits, it calls a tool. */
export interface Reflex {
  readonly pattern: RegExp;
  readonly call: { readonly name: string; readonly args: Record<string, unknown> };
}

/**
 * A model of no intelligence for real clients: it calls the tools that the last prompt asks for
 * (`CALL tool {json} END`, one after the other), then says it is done. It remembers, with the moment, all
 * that it was shown.
 */
export class MockModel implements AsyncDisposable {
  readonly url: string;
  readonly shown: Shown[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #reflexes: readonly Reflex[] = [];
  #grown = Promise.withResolvers<void>();

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** What it does from now on without being asked in a prompt. */
  reacts(...reflexes: readonly Reflex[]): void {
    this.#reflexes = reflexes;
  }

  /**
   * Resolves with the first request after the first `from`, over an interface that `path` fits, whose body
   * contains `text`.
   */
  async sees(text: string, from: number, withinMs = 60_000, path = /^/): Promise<Shown> {
    const late = AbortSignal.timeout(withinMs);
    const over = new Promise<"late">((resolve) =>
      late.addEventListener("abort", () => resolve("late"), { once: true })
    );
    for (;;) {
      const found = this.shown.slice(from).find((each) =>
        path.test(each.path) && each.body.includes(text)
      );
      if (found !== undefined) return found;
      const grown = this.#grown.promise.then(() => "grown" as const);
      if (await Promise.race([grown, over]) === "late") {
        throw new Error(`the model was not shown '${text}' within ${withinMs / 1000} s`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const text = await request.text();
    if (/count_?tokens/i.test(pathname)) return Response.json({ input_tokens: 1, totalTokens: 1 });
    const api = vendorApis.find(({ path }) => path.test(pathname));
    if (api === undefined) return Response.json({ object: "list", data: [], models: [] });
    const body = JSON.parse(text);
    this.shown.push({ atMs: performance.now(), path: pathname, body: text });
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
    const { said, results, hasTools } = api.read(body);
    const asked = callsIn(said)[results];
    const reflex = results > 0
      ? undefined
      : this.#reflexes.find(({ pattern }) => pattern.test(said));
    return api.answer(body, hasTools ? asked ?? reflex?.call : undefined);
  }
}
