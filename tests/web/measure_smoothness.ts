/// <reference lib="dom" />
// Measures how smoothly the dashboard shows a full bus, in a real browser: `deno task web:smooth`. The bus
// is made up, as no machine runs 200 agents for that: 200 members and 10,000 messages, and then 50 new
// messages a second with what becomes of them, while the list is scrolled and a conversation is open. It
// prints how long frames took, beside an empty page that scrolls in the same browser: that is the floor.
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import type { BusEvent, ObserveResult } from "../../lib/core/bus_events.ts";
import type { HistoryEntry, HistoryResult, MemberView } from "../../lib/core/types.ts";
import type { HistoryOptions, ObserveOptions } from "../../lib/bus/bus.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { DashboardServer } from "../../lib/web/dashboard_server.ts";
import { FindingsDesk } from "../../lib/web/findings_desk.ts";
import { Person } from "../../lib/web/person.ts";
import { say } from "../support/say.ts";
import { ScriptedBus } from "../support/scripted_bus.ts";
import { chromiumPath, openChromium } from "./chromium.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    messages: { type: "string", default: "10000" },
    members: { type: "string", default: "200" },
    rate: { type: "string", default: "50" },
    seconds: { type: "string", default: "10" },
  },
});
const count = {
  messages: Number(values.messages),
  members: Number(values.members),
  rate: Number(values.rate),
  seconds: Number(values.seconds),
};
if (chromiumPath === undefined) {
  throw new Error("There is no Chromium: name one in HUSTINGS_CHROMIUM");
}

/** A bus that is full, and on which something happens all the time once it was told to. */
class BusyBus extends ScriptedBus {
  readonly #entries: HistoryEntry[] = [];
  readonly #members: MemberView[] = [];
  #events: BusEvent[] = [];
  #wake: () => void = () => {};

  constructor() {
    super();
    for (let index = 0; index < count.members; index += 1) this.#members.push(memberOf(index));
    for (let id = 1; id <= count.messages; id += 1) this.#entries.push(entryOf(id));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** One more message, which is read at once. */
  happen(): void {
    const id = this.#entries.length + 1;
    const message = entryOf(id);
    const { name } = message.to[0]!;
    const atMs = Date.now();
    this.#entries.push(message);
    this.#events.push(
      { kind: "message", atMs, message },
      { kind: "delivery", atMs: atMs + 3, id, name, state: "handed" },
      { kind: "delivery", atMs: atMs + 9, id, name, state: "read" },
      { kind: "member", atMs, member: { ...memberOf(id % count.members), presence: "waiting" } },
    );
    this.#wake();
  }

  override async observe({ cursor }: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    if (cursor === undefined) return { cursor: "1", events: [], snapshot: this.#snapshot() };
    while (this.#events.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      if (signal?.aborted) throw new Error("the page is gone");
    }
    return { cursor: "1", events: this.#events.splice(0, 200) };
  }

  override history({ limit, before = Infinity }: HistoryOptions): Promise<HistoryResult> {
    const end = Math.min(before - 1, this.#entries.length);
    const entries = this.#entries.slice(Math.max(0, end - limit), end).toReversed();
    return Promise.resolve({ entries, older: end > limit });
  }

  #snapshot() {
    const broker = { name: "agent-0", pid: 1, port: 1, epoch: 7, sinceMs: 1, version: "1" };
    const counts = { membersHere: count.members, membersAway: 0, accepted: 0, handed: 0 };
    return {
      list: { members: this.#members, unclaimed: [] },
      status: { broker, me: "", home: "/home", storeBytes: 1, ...counts },
      reigns: [{ epoch: 7, pid: 1, port: 1, sinceMs: 1 }],
      paused: { everyone: false, names: [] },
      stopped: [],
    };
  }
}

function memberOf(index: number): MemberView {
  const place = { client: "claude", directory: `/projects/project-${index}`, rooms: ["#shop"] };
  return { name: `agent-${index}`, presence: "here", sinceMs: Date.now(), unread: 0, ...place };
}

/** Half of the messages stand alone, the others are in conversations of some ten. */
function entryOf(id: number): HistoryEntry {
  const thread = id % 2 === 0 ? id : Math.max(1, id - id % 20 + 1);
  const to = [{
    name: `agent-${id % count.members}`,
    state: "accepted" as const,
    atMs: Date.now(),
  }];
  const text = `Message ${id}: ${"what there is to say about it. ".repeat(1 + id % 9)}`;
  return { id, from: `agent-${id * 7 % count.members}`, to, atMs: Date.now(), text, thread };
}

/** How long frames took, while something scrolled. */
interface Frames {
  readonly count: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** Tasks of the page above 50 ms. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
}

/** Scrolls `selector` up and down and notes each frame; runs in the page. */
async function scrolled(page: Page, selector: string, seconds: number): Promise<Frames> {
  return await page.evaluate(
    async ([selector, seconds]) => {
      const tasks: number[] = [];
      const observer = new PerformanceObserver(
        (list) => {
          for (const { duration } of list.getEntries()) tasks.push(duration);
        },
      );
      observer.observe({ entryTypes: ["longtask"] });
      const element = document.querySelector(selector)!;
      const times: number[] = [];
      const endMs = performance.now() + seconds * 1000;
      let last = performance.now();
      let step = 120;
      while (last < endMs) {
        await new Promise((next) => requestAnimationFrame(next));
        const now = performance.now();
        times.push(now - last);
        last = now;
        const room = element.scrollHeight - element.clientHeight;
        if (element.scrollTop + step > room || element.scrollTop + step < 0) step = -step;
        element.scrollTop += step;
      }
      observer.disconnect();
      const sorted = times.toSorted((one: number, other: number) => one - other);
      return {
        count: times.length,
        medianMs: sorted[sorted.length >> 1]!,
        p95Ms: sorted[Math.floor(sorted.length * 0.95)]!,
        worstMs: sorted.at(-1)!,
        longTasks: tasks.length,
        longestTaskMs: Math.max(0, ...tasks),
      };
    },
    [selector, seconds] as const,
  );
}

function tell(what: string, frames: Frames): void {
  const figures = [
    `${frames.count} frames`,
    `median ${frames.medianMs.toFixed(1)} ms`,
    `95 % ${frames.p95Ms.toFixed(1)} ms`,
    `worst ${frames.worstMs.toFixed(1)} ms`,
    `${frames.longTasks} tasks above 50 ms, the longest ${frames.longestTaskMs.toFixed(0)} ms`,
  ];
  say(`${what}: ${figures.join(", ")}`);
}

/** A list without any script: what this machine can do at the moment. */
async function floor(browser: Browser): Promise<Frames> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const rows = Array.from({ length: 300 }, (_, index) => `<p>Row ${index}</p>`).join("");
  await page.setContent(`<div id="list" style="height: 700px; overflow: auto">${rows}</div>`);
  const frames = await scrolled(page, "#list", count.seconds);
  await page.close();
  return frames;
}

/** Scrolls down until the page has read all of the history. */
async function readAll(page: Page): Promise<number> {
  const begunMs = performance.now();
  await page.evaluate(async () => {
    const list = document.querySelector(".threads .scroller")!;
    let still = 0;
    let height = 0;
    while (still < 90) {
      await new Promise((next) => requestAnimationFrame(next));
      list.scrollTop = list.scrollHeight;
      still = list.scrollHeight === height ? still + 1 : 0;
      height = list.scrollHeight;
    }
  });
  return performance.now() - begunMs;
}

const bus = new BusyBus();
const person = new Person({
  openBus: () => bus,
  place: { directory: "/shop" },
  clock: systemClock,
});
const findings = new FindingsDesk(() => Promise.resolve([]), systemClock);
const key = "k".repeat(43);
const desk = { bus, person, findings, clock: systemClock };
const server = await DashboardServer.start({ ...desk, key, port: 0 });
const browser = await openChromium();
let timer: ReturnType<typeof setInterval> | undefined;
try {
  tell("Floor, a list without a script", await floor(browser));
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on("pageerror", (error) => say(`In the page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${server.port}/#${key}`);
  await page.locator(".thread-row").first().waitFor();
  const readMs = await readAll(page);
  const rows = await page.locator(".row").count();
  say(`${bus.size} messages read in ${(readMs / 1000).toFixed(1)} s; ${rows} rows exist`);
  const list = ".threads .scroller";
  tell("At rest, scrolling", await scrolled(page, list, count.seconds));
  timer = setInterval(() => bus.happen(), 1000 / count.rate);
  tell(`${count.rate} messages a second, scrolling`, await scrolled(page, list, count.seconds));
  await page.locator(".thread-row").first().click();
  await page.locator("article").first().waitFor();
  tell("The same with a conversation open", await scrolled(page, list, count.seconds));
  tell("The same, scrolling 200 members", await scrolled(page, ".agents .scroller", count.seconds));
} finally {
  clearInterval(timer);
  await browser.close();
  await server.close();
}
