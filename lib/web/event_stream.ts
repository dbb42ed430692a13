import type { ServerResponse } from "node:http";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../core/clock.ts";
import { toHustingsError } from "../core/errors.ts";
import type { Person } from "./person.ts";
import type { StreamEvents } from "./protocol.ts";
import { webLimits } from "./web_limits.ts";

export interface StreamOptions {
  readonly bus: Bus;
  readonly person: Person;
  readonly clock: Clock;
  /** Where the page was when it lost its last stream. */
  readonly cursor: string | undefined;
}

/**
 * Tells one page what happens, as server-sent events, until the page goes. A page that reads slowly gets
 * more at once, and nothing is kept for it here: the bus says what it missed, or how all is by then.
 */
export async function streamEvents(
  response: ServerResponse,
  { bus, person, clock, cursor: first }: StreamOptions,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const { signal } = gone;
  const tellPerson = () => void write(response, "person", person.view);
  const forget = person.onChange(tellPerson);
  let next: Next = { cursor: first, pauseMs: 0 };
  try {
    tellPerson();
    while (!signal.aborted) {
      next = await step({ bus, response, cursor: next.cursor, signal });
      await pause(clock, next.pauseMs, signal);
    }
  } finally {
    forget();
    response.end();
  }
}

interface Step {
  readonly bus: Bus;
  readonly response: ServerResponse;
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
}

/** Where to go on, and after which pause. */
interface Next {
  readonly cursor: string | undefined;
  readonly pauseMs: number;
}

/** Waits for what happens next and tells it. */
async function step({ bus, response, cursor, signal }: Step): Promise<Next> {
  const from = cursor === undefined ? {} : { cursor };
  try {
    const seen = await bus.observe({ ...from, waitMs: webLimits.quietMs }, signal);
    if (seen.events.length === 0 && seen.snapshot === undefined) {
      await write(response, "quiet", {}, seen.cursor);
    } else {
      await write(response, "observed", seen, seen.cursor);
    }
    return { cursor: seen.cursor, pauseMs: webLimits.deliveryMs };
  } catch (thrown) {
    const { code, message } = toHustingsError(thrown);
    if (!signal.aborted) await write(response, "trouble", { code, message });
    return { cursor, pauseMs: webLimits.troubleMs };
  }
}

/** Resolves once the page has room for more. */
async function write<K extends keyof StreamEvents>(
  response: ServerResponse,
  event: K,
  data: StreamEvents[K],
  id?: string,
): Promise<void> {
  if (response.closed) return;
  const head = id === undefined ? "" : `id: ${id}\n`;
  const hasRoom = response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  if (hasRoom) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve);
  response.once("close", resolve);
  await promise;
  response.off("drain", resolve);
  response.off("close", resolve);
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  cancel();
}
