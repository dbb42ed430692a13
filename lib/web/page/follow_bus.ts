import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { StreamEvents } from "../protocol.ts";
import { webLimits } from "../web_limits.ts";
import { keyHeaders } from "./ask.ts";
import type { PageStore } from "./page_store.ts";
import { readNewest } from "./read_history.ts";
import { askFindings } from "./watch_findings.ts";

type Told = { [K in keyof StreamEvents]: (data: StreamEvents[K]) => void };

/**
 * Follows the bus for as long as the page is open: reads the stream of events, and connects anew when it
 * ends or falls silent, there where it was. A browser's own EventSource would do the same, and cannot
 * send the key.
 */
export async function followBus(store: PageStore): Promise<void> {
  let cursor: string | undefined;
  let pauseMs: number = webLimits.reconnectMs;
  while (store.ui.link !== "refused") {
    try {
      await readStream(store, cursor, (id) => {
        cursor = id;
        pauseMs = webLimits.reconnectMs;
      });
    } catch {
      // It is tried again, whatever it was.
    }
    if (store.ui.link === "live" || store.ui.link === "connecting") store.change({ link: "lost" });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(2 * pauseMs, webLimits.reconnectMsMax);
  }
}

async function readStream(
  store: PageStore,
  cursor: string | undefined,
  onCursor: (cursor: string) => void,
): Promise<void> {
  const silence = new Silence();
  try {
    const place = cursor === undefined ? {} : { "last-event-id": cursor };
    const headers = { ...keyHeaders(store), ...place };
    const response = await fetch("/api/events", { headers, signal: silence.signal });
    if (response.status === 401) return store.change({ link: "refused" });
    if (!response.ok || response.body === null) return;
    const parser = createParser({
      onEvent: (message) => {
        take(store, message);
        if (message.id !== undefined) onCursor(message.id);
      },
    });
    for await (const text of chunksOf(response.body)) {
      silence.heard();
      parser.feed(text);
    }
  } finally {
    silence.end();
  }
}

/** A loop over a stream itself is not to be had in every browser. */
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Ends a stream on which nothing was heard for `webLimits.silenceMs`. */
class Silence {
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(), webLimits.silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }
}

function take(store: PageStore, { event, data }: EventSourceMessage): void {
  const told: Told = {
    observed: (seen) => {
      store.view.take(seen);
      store.change({ link: "live", trouble: undefined });
      if (seen.snapshot === undefined) return;
      readNewest(store);
      askFindings(store); // there may be a broker now, or another one
    },
    trouble: (trouble) => store.change({ link: "live", trouble }),
    person: (person) => store.change({ person }),
    quiet: () => store.change({ link: "live", trouble: undefined }),
  };
  const take = told[event as keyof Told] as ((data: unknown) => void) | undefined;
  take?.(JSON.parse(data));
}
