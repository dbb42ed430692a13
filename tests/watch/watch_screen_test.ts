import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { withShortText } from "../../lib/cli/watch/short_texts.ts";
import { WatchScreen } from "../../lib/cli/watch/watch_screen.ts";
import type { Screen, ScreenOptions } from "../../lib/cli/watch/watch_screen.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { ScriptedHanded } from "../support/scripted_bus.ts";
import { SmallTerminal } from "../support/small_terminal.ts";
import { TurnedClock } from "../support/turned_clock.ts";
import {
  busSnapshot,
  memberView,
  messageEntry,
  messageEvent,
  noonMs,
  WatchedBus,
} from "../support/watched_bus.ts";

const [width, height] = [100, 24];

/** A screen on a terminal of paper, with time that stands still: keys are pressed and pictures looked at. */
class Desk implements Screen {
  readonly bus = new WatchedBus();
  readonly clock = new TurnedClock(noonMs);
  readonly terminal = new SmallTerminal(width, height);
  /** Pictures that were written. */
  pictures = 0;
  /** What the terminal waits for before it has taken a picture. */
  taken: Promise<void> = Promise.resolve();
  isLeft = false;
  readonly ended: Promise<number>;
  #press: (bytes: Uint8Array | undefined) => void = () => {};
  readonly #keys: AsyncGenerator<Uint8Array>;

  constructor(options: Partial<ScreenOptions> = {}) {
    this.#keys = this.#pressed();
    const { bus, clock } = this;
    this.ended = new WatchScreen(this, { bus, clock, hasColours: true, ...options }).run();
  }

  size() {
    return { width, height };
  }

  enter(): void {}

  leave(): void {
    this.isLeft = true;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  write(text: string): Promise<void> {
    this.terminal.write(text);
    if (text !== "") this.pictures += 1;
    return this.taken;
  }

  input(): AsyncIterable<Uint8Array> {
    return this.#keys;
  }

  /** Types these letters, or closes the terminal, and waits for the picture. */
  async press(text?: string, ms = 40): Promise<void> {
    this.#press(text === undefined ? undefined : new TextEncoder().encode(text));
    await this.passes(ms);
  }

  /** Lets so much time pass, with all that comes of it. */
  async passes(ms: number): Promise<void> {
    for (let spent = 0; spent < ms; spent += 10) {
      await setImmediate();
      this.clock.turn(10);
    }
    await setImmediate();
  }

  shows(...parts: string[]): boolean {
    return this.terminal.rows.some((row) => parts.every((part) => row.includes(part)));
  }

  async *#pressed(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await new Promise<Uint8Array | undefined>((resolve) => this.#press = resolve);
      if (bytes === undefined) return;
      yield bytes;
    }
  }
}

/** A desk that shows this history. */
async function seated(count: number, options: Partial<ScreenOptions> = {}): Promise<Desk> {
  const desk = new Desk(options);
  desk.bus.kept = Array.from({ length: count }, (_, index) => messageEntry(index + 1));
  desk.bus.comes({ snapshot: busSnapshot([memberView("ann"), memberView("bob")]) });
  await desk.passes(200);
  return desk;
}

Deno.test("messages that rush in are drawn ten times a second, and keys at most thirty times", async () => {
  const desk = await seated(3);
  assert.ok(desk.shows("#3 ann → bob"));
  const rush = async (each: () => Promise<void>) => {
    const before = desk.pictures;
    for (let spent = 0; spent < 1_000; spent += 10) await each();
    return desk.pictures - before;
  };
  let id = 3;
  const ofTraffic = await rush(async () => {
    desk.bus.comes({ events: [messageEvent(++id)] });
    await desk.passes(10);
  });
  assert.ok(ofTraffic >= 9 && ofTraffic <= 11, `${ofTraffic} pictures of traffic`);
  await desk.passes(100);
  assert.ok(desk.shows(`#${id} ann → bob`));
  let presses = 0;
  const ofKeys = await rush(() => desk.press(presses++ % 2 === 0 ? "k" : "j", 10));
  assert.ok(ofKeys >= 20 && ofKeys <= 31, `${ofKeys} pictures of keys`);
  await desk.press("q");
  assert.equal(await desk.ended, 0);
  assert.ok(desk.isLeft);
});

Deno.test("a terminal that takes nothing gets one picture when it does, of how things are then", async () => {
  const desk = await seated(3);
  const { promise, resolve } = Promise.withResolvers<void>();
  desk.taken = promise;
  const before = desk.pictures;
  for (let id = 4; id < 60; id++) {
    desk.bus.comes({ events: [messageEvent(id)] });
    await desk.passes(20);
  }
  assert.equal(desk.pictures, before + 1);
  desk.taken = Promise.resolve();
  resolve();
  await desk.passes(40);
  assert.equal(desk.pictures, before + 2);
  assert.ok(desk.shows("#59 ann → bob"));
});

Deno.test("a screen on which nothing changes writes nothing", async () => {
  const desk = await seated(3);
  const before = desk.pictures;
  for (let answers = 0; answers < 6; answers++) {
    desk.bus.comes({});
    await desk.passes(5_000);
  }
  assert.equal(desk.pictures, before);
  await desk.passes(2_000);
  assert.ok(desk.shows("The bus does not answer: waiting for one"));
});

Deno.test("the first key at the top brings older messages, until there are no more", async () => {
  const desk = await seated(450);
  const known = () => desk.bus.pages.length;
  assert.equal(known(), 1);
  for (const [, before] of [[1, 251], [2, 51]] as const) {
    await desk.press("g");
    await desk.passes(100);
    assert.equal(desk.bus.pages.at(-1)!.before, before);
  }
  await desk.press("g");
  await desk.passes(100);
  assert.ok(desk.shows("Message #1"));
  const all = known();
  await desk.press("g");
  await desk.press("k");
  assert.equal(known(), all);
});

Deno.test("a search goes into the history when what is known does not have it", async () => {
  const desk = await seated(0);
  desk.bus.kept = Array.from({ length: 450 }, (_, index) => messageEntry(index + 1));
  desk.bus.kept[6] = messageEntry(7, { text: "the needle" });
  desk.bus.comes({ snapshot: busSnapshot([]) });
  await desk.passes(200);
  await desk.press("/needle\r");
  await desk.passes(200);
  assert.ok(desk.shows("Message #7"));
  assert.ok(desk.shows("Found 'needle' in #7"));
  await desk.press("n");
  await desk.passes(200);
  assert.ok(desk.shows("No older message has 'needle'"));
});

Deno.test("after a gap the screen reads back to what it knew", async () => {
  const desk = await seated(10);
  desk.bus.kept = Array.from({ length: 700 }, (_, index) => messageEntry(index + 1));
  desk.bus.comes({ snapshot: busSnapshot([], { epoch: 2 }) });
  await desk.passes(200);
  assert.deepEqual(desk.bus.pages.map(({ before }) => before), [
    undefined,
    undefined,
    501,
    301,
    101,
  ]);
  assert.ok(desk.shows("Message #700"));
});

Deno.test("a person takes a name with the first message, reads under it, and loses no text to an error", async () => {
  const desk = await seated(3, { name: "maria" });
  const handed = new ScriptedHanded({
    ...{ id: 9, from: "bob", to: ["maria"], atMs: noonMs, thread: 9 },
    text: "welcome\nback",
  });
  const down = new HustingsError("bus_down", "No broker answers");
  const checks = [() => Promise.reject(down), () => Promise.resolve(handed)];
  desk.bus.check = () => checks.shift()?.() ?? new Promise(() => {});
  const send = desk.bus.send.bind(desk.bus);
  desk.bus.send = () => Promise.reject(new HustingsError("store_full", "The disk is full"));
  await desk.press("w");
  assert.equal(desk.bus.joined.length, 0);
  await desk.press("hello there\r");
  await desk.passes(100);
  assert.ok(desk.shows("The disk is full"));
  const [joined] = desk.bus.joined;
  assert.deepEqual(
    [joined!.client, joined!.name, joined!.human, joined!.must],
    ["person", "maria", true, true],
  );
  await desk.passes(600);
  assert.ok(desk.shows("bob to you: welcome …"));
  assert.equal(await handed.fate, "confirmed");
  desk.bus.send = send;
  await desk.press("r");
  assert.ok(desk.shows("Answer #3 to ann: hello there"));
  await desk.press("\r");
  await desk.passes(100);
  assert.deepEqual(desk.bus.sent, [{ to: ["ann"], text: "hello there", replyTo: 3 }]);
  assert.equal(desk.bus.joined.length, 1);
  assert.ok(desk.shows("Sent #1 to ann"));
});

Deno.test("a screen of one conversation shows that of the message that is named", async () => {
  const desk = new Desk({ thread: 2 });
  desk.bus.kept = [messageEntry(1), messageEntry(2, { thread: 1 }), messageEntry(3)];
  desk.bus.comes({ snapshot: busSnapshot([]) });
  await desk.passes(200);
  assert.ok(desk.shows("Conversation #1"));
  assert.ok(desk.shows("Message #2"));
});

Deno.test("a screen ends with the keys of its terminal, and with what no waiting mends", async () => {
  const gone = await seated(1);
  await gone.press();
  assert.equal(await gone.ended, 130);
  assert.ok(gone.isLeft);
  const old = new Desk();
  old.ended.catch(() => {});
  old.bus.comes(new HustingsError("version", "This build is too old"));
  await assert.rejects(old.ended, { code: "version" });
  assert.ok(old.isLeft);
});

Deno.test("of a long text a view keeps the beginning, and says how much more there is", () => {
  const short = messageEntry(1);
  assert.equal(withShortText(short), short);
  const { text } = withShortText(messageEntry(1, { text: "ä".repeat(10_000) }));
  assert.equal(text, `${"ä".repeat(4_000)}\n… 6000 characters more than a screen keeps`);
});
