import assert from "node:assert/strict";
import { drawScreen } from "../../lib/cli/watch/draw_screen.ts";
import { KeyDecoder } from "../../lib/cli/watch/key_decoder.ts";
import { pressKey } from "../../lib/cli/watch/press_key.ts";
import type { Effect } from "../../lib/cli/watch/press_key.ts";
import { ScreenLists } from "../../lib/cli/watch/screen_lists.ts";
import { newScreenState } from "../../lib/cli/watch/screen_state.ts";
import type { ScreenState } from "../../lib/cli/watch/screen_state.ts";
import { styles } from "../../lib/cli/watch/styles.ts";
import type { BusEvent, BusSnapshot } from "../../lib/core/bus_events.ts";
import { BusView } from "../../lib/core/bus_view/bus_view.ts";
import {
  busSnapshot,
  deliveryEvent,
  memberView,
  messageEvent,
  noonMs,
} from "../support/watched_bus.ts";

/** A screen without a terminal: what it shows, and what its keys ask for. */
class PaperScreen {
  readonly view = new BusView();
  readonly lists = new ScreenLists(this.view);
  readonly state: ScreenState = newScreenState();
  width = 100;
  height = 24;

  constructor(snapshot: BusSnapshot, ...events: BusEvent[]) {
    this.state.silence = undefined;
    this.view.take({ cursor: "1", events: [], snapshot });
    this.happens(...events);
  }

  happens(...events: BusEvent[]): void {
    this.view.take({ cursor: "1", events });
  }

  /** Presses these keys, drawn after each as on a terminal. */
  press(...keys: string[]): Effect[] {
    const decoder = new KeyDecoder();
    return keys.flatMap((text) => {
      const pressed = [...decoder.feed(new TextEncoder().encode(text)), ...decoder.flush()];
      return pressed.flatMap((key) => {
        const effects = pressKey(this.state, this.lists, key);
        this.rows();
        return effects;
      });
    });
  }

  grid() {
    const { width, height } = this;
    return drawScreen(this.state, this.lists, { width, height, nowMs: noonMs });
  }

  rows(): string[] {
    const { signs, width, height } = this.grid();
    return Array.from(
      { length: height },
      (_, row) => signs.slice(row * width, (row + 1) * width).join("").trimEnd(),
    );
  }

  /** Whether a row of the screen has all of these parts. */
  shows(...parts: string[]): boolean {
    return this.rows().some((row) => parts.every((part) => row.includes(part)));
  }

  /** What the chosen row of the pane with the focus says. */
  chosen(): string {
    const grid = this.grid();
    const row = Array.from({ length: grid.height }, (_, index) => index).find((index) => {
      const at = (column: number) => grid.styles[index * grid.width + column]! & styles.inverse;
      const columns = Array.from({ length: grid.width }, (_, column) => column).filter(at);
      return columns.length > 0 && columns.length >= 26 && !this.#isTitle(index, columns[0]!);
    });
    return row === undefined ? "" : this.rows()[row]!;
  }

  #isTitle(row: number, column: number): boolean {
    return this.grid().signs.slice(row * this.width + column).join("").startsWith(" Mess");
  }
}

const [up, down, tab, backtab, enter, escape] = ["\x1b[A", "\x1b[B", "\t", "\x1b[Z", "\r", "\x1b"];

const members = [
  memberView("ann", { presence: "waiting", broker: true }),
  memberView("bob", { activity: "working", unread: 2 }),
  memberView("carl", { presence: "away", sinceMs: noonMs - 3 * 60_000 }),
];

/** Three messages in two conversations. */
function usual(more: Parameters<typeof busSnapshot>[1] = {}): PaperScreen {
  const second = { from: "bob", to: [{ name: "ann", state: "read" as const, atMs: noonMs }] };
  return new PaperScreen(
    busSnapshot(members, more),
    messageEvent(1, { text: "the tests are red" }),
    messageEvent(2, { text: "lunch?", from: "carl" }),
    messageEvent(3, { ...second, thread: 1, replyTo: 1, text: "green again" }),
  );
}

Deno.test("a screen shows who is there and what they do, the conversations, and the messages with their states", () => {
  const screen = usual();
  assert.ok(screen.shows("hustings", "broker ann, port 9, epoch 1", "2 here, 1 away", "2 queued"));
  assert.ok(screen.shows("ann *", "waiting"));
  assert.ok(screen.shows("bob", "(2) at work"));
  assert.ok(screen.shows("carl", "away 3 min"));
  assert.ok(screen.shows("#1 ann, bob", "the tests"));
  assert.ok(screen.shows("12:00:00 #1 ann → bob", "queued"));
  assert.ok(screen.shows("12:00:00 #3 bob ↩ ann", "read"));
  assert.ok(screen.shows("in conversation #1, answers #1"));
  screen.happens(deliveryEvent(1, "bob", "handed"), deliveryEvent(3, "ann", "answered"));
  assert.ok(screen.shows("#1 ann → bob", "handed"));
  assert.ok(screen.shows("#3 bob ↩ ann", "answered"));
});

Deno.test("the details tell of each recipient how far the message has come, and when", () => {
  const screen = usual();
  const to = ["bob", "carl"].map((name) => ({ name, state: "accepted" as const, atMs: noonMs }));
  screen.happens(messageEvent(9, { to }), deliveryEvent(9, "bob", "handed"));
  assert.ok(screen.shows("#9 ann → bob, carl", "handed 1/2"));
  screen.happens(deliveryEvent(9, "bob", "read"));
  assert.ok(screen.shows("→ bob: read", "(handed +0.0 s, read +0.0 s)"));
  assert.ok(screen.shows("→ carl: queued"));
});

Deno.test("keys choose messages, follow what comes at the end, and stay on what is chosen above it", () => {
  const screen = usual();
  assert.match(screen.chosen(), /#3/);
  screen.happens(messageEvent(4));
  assert.match(screen.chosen(), /#4/);
  screen.press("k", up);
  assert.match(screen.chosen(), /#2/);
  screen.happens(messageEvent(5));
  assert.match(screen.chosen(), /#2/);
  screen.press("G");
  screen.happens(messageEvent(6));
  assert.match(screen.chosen(), /#6/);
  assert.deepEqual(screen.press("g"), [{ kind: "older", thread: undefined }]);
  assert.match(screen.chosen(), /#1/);
});

Deno.test("Tab goes through the panes, and Enter into a member, a conversation and a message", () => {
  const screen = usual();
  screen.press(backtab, down);
  assert.equal(screen.state.thread, 1);
  assert.ok(screen.shows("Conversation #1"));
  assert.deepEqual(screen.lists.messages(screen.state), [1, 3]);
  screen.press(enter, enter);
  assert.equal(screen.state.focus, "details");
  screen.press(escape, escape);
  assert.deepEqual([screen.state.focus, screen.state.thread], ["messages", undefined]);
  screen.press(tab, tab, "j", "j");
  assert.equal(screen.state.focus, "members");
  assert.ok(screen.shows("directory", "/shop"));
  screen.press(enter);
  assert.ok(screen.shows("Messages, with carl"));
  assert.deepEqual(screen.lists.messages(screen.state), [2]);
});

Deno.test("a filter shows only messages with a text or a name, as it is typed, and Escape takes it back", () => {
  const screen = usual();
  screen.press("f", "LUN");
  assert.deepEqual(screen.lists.messages(screen.state), [2]);
  assert.deepEqual(screen.lists.threads(screen.state), [2]);
  assert.ok(screen.shows("Show only: LUN"));
  screen.happens(messageEvent(7, { text: "after lunch" }));
  assert.deepEqual(screen.lists.messages(screen.state), [2, 7]);
  screen.press(enter, escape);
  assert.deepEqual(screen.lists.messages(screen.state), [1, 2, 3, 7]);
});

Deno.test("a search chooses the newest message that has it, then older and newer ones, then asks the history", () => {
  const screen = usual();
  assert.deepEqual(screen.press("/", "are", enter), []);
  assert.match(screen.chosen(), /#1/);
  screen.happens(messageEvent(8, { text: "they are" }));
  screen.press("N");
  assert.match(screen.chosen(), /#8/);
  assert.deepEqual(screen.press("n", "n"), [{ kind: "find", search: "are" }]);
});

Deno.test("p and P pause a member and everyone, s stops a conversation, and each takes it back", () => {
  const screen = usual();
  assert.equal(screen.press("p")[0]!.kind, "notice");
  screen.press(tab, tab, "j");
  assert.deepEqual(screen.press("p", "P", "s"), [
    { kind: "pause", name: "bob", paused: true },
    { kind: "pause", name: "*", paused: true },
    { kind: "stop", thread: 1, stopped: true },
  ]);
  screen.happens(
    { kind: "paused", atMs: noonMs, paused: { everyone: true, names: ["bob"] } },
    { kind: "stopped", atMs: noonMs, threads: [1] },
  );
  assert.ok(screen.shows("Members (all paused)"));
  assert.ok(screen.shows("#1 ann, bob", "stopped"));
  assert.deepEqual(screen.press("p", "P", "s"), [
    { kind: "pause", name: "bob", paused: false },
    { kind: "pause", name: "*", paused: false },
    { kind: "stop", thread: 1, stopped: false },
  ]);
});

Deno.test("w writes to the member or into the conversation, and r to who wrote the message", () => {
  const screen = usual();
  screen.press("r", "on it");
  assert.ok(screen.shows("Answer #3 to bob: on it"));
  assert.deepEqual(screen.press(enter)[0], {
    kind: "send",
    address: { to: ["bob"], replyTo: 3, label: "Answer #3 to bob: " },
    text: "on it",
  });
  const [send] = screen.press("w", "all of you", "\n", "!", enter);
  assert.deepEqual(send, {
    kind: "send",
    address: { to: ["ann", "bob"], replyTo: 3, label: "To ann, bob in #1: " },
    text: "all of you\n!",
  });
  screen.press(tab, tab);
  assert.deepEqual(screen.press("w", "you", enter)[0], {
    kind: "send",
    address: { to: ["ann"], label: "To ann: " },
    text: "you",
  });
  assert.deepEqual(screen.press("w", " ", enter), []);
  assert.deepEqual(screen.press("w", "no", escape), []);
});

Deno.test("who has a name writes to the others of a conversation, not to itself", () => {
  const screen = usual();
  screen.state.me = "BOB";
  const [send] = screen.press("w", "x", enter);
  assert.deepEqual(send?.kind === "send" && send.address.to, ["ann"]);
  const [answer] = screen.press("r", "x", enter);
  assert.deepEqual(answer?.kind === "send" && answer.address.to, ["ann"]);
});

Deno.test("a key in a prompt is text, and one on the page of help goes back", () => {
  const screen = usual();
  assert.deepEqual(screen.press("/", "q", escape), []);
  screen.press("?");
  assert.ok(screen.shows("pause or resume deliveries to the member"));
  screen.press("s");
  assert.ok(screen.shows("Messages"));
  assert.deepEqual(screen.press("\x03"), [{ kind: "interrupt" }]);
  assert.deepEqual(screen.press("q"), [{ kind: "quit" }]);
});

Deno.test("a narrow terminal shows the pane that has the focus, and one that is too small says so", () => {
  const screen = usual();
  [screen.width, screen.height] = [40, 12];
  assert.ok(screen.shows("Members  Convers.  Messages  Details"));
  assert.ok(screen.shows("#3 bob ↩ ann", "read"));
  assert.equal(screen.shows("waiting"), false);
  screen.press(tab, tab);
  assert.ok(screen.shows("ann *", "waiting"));
  [screen.width, screen.height] = [15, 4];
  assert.deepEqual(screen.rows(), ["too small", "", "", ""]);
});

Deno.test("no part of a screen is wider than it, at any size, whatever others have written", () => {
  const evil = "\x1b[2J\x1b]0;owned\x07\u202e日本語👨‍👩‍👧\r\n\t".repeat(30);
  const screen = usual({ stopped: [1] });
  screen.happens(
    messageEvent(4, { text: evil, from: "a\x1b[1mnn" }),
    { kind: "member", atMs: noonMs, member: memberView("bob", { directory: evil, rooms: [evil] }) },
  );
  for (const [width, height] of [[20, 6], [40, 12], [72, 18], [80, 24], [237, 60]] as const) {
    [screen.width, screen.height] = [width, height];
    for (const key of [tab, tab, tab, tab, "?", "?", "w"]) {
      screen.press(key);
      const { signs } = screen.grid();
      assert.equal(signs.length, width * height);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(signs.join(""), /[\x00-\x1f\x7f-\x9f\u202e]/);
    }
    screen.press(escape);
  }
});

Deno.test("the bus that is gone is named at the top, and all that was seen stays", () => {
  const screen = usual();
  screen.state.silence = "The bus does not answer: waiting for one";
  assert.ok(screen.shows("The bus does not answer"));
  assert.ok(screen.shows("ann *"));
});
