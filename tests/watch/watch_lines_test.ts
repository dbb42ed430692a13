import assert from "node:assert/strict";
import { sinceOptionMs } from "../../lib/cli/watch/since_option_ms.ts";
import { watchLines } from "../../lib/cli/watch/watch_lines.ts";
import type { LinesOptions } from "../../lib/cli/watch/watch_lines.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { TurnedClock } from "../support/turned_clock.ts";
import {
  busSnapshot,
  deliveryEvent,
  memberView,
  messageEntry,
  messageEvent,
  noonMs,
  WatchedBus,
} from "../support/watched_bus.ts";

/** What is written until the bus has nothing more to tell, and the remarks beside it. */
async function watched(
  bus: WatchedBus,
  options: Partial<LinesOptions> = {},
  clock = new TurnedClock(noonMs),
) {
  const ending = new AbortController();
  const lines: string[] = [];
  const remarks: string[] = [];
  bus.onIdle = () => ending.abort();
  await watchLines({
    bus,
    clock,
    signal: ending.signal,
    wishes: {},
    last: 0,
    isJson: false,
    form: { hasStyles: false, hasColours: false },
    write: (text) => {
      assert.match(text, /\n$/);
      lines.push(...text.slice(0, -1).split("\n"));
      return Promise.resolve();
    },
    remark: (text) => Promise.resolve(void remarks.push(text)),
    ...options,
  });
  return { lines, remarks };
}

const broker = "12:00:00 ann is the broker (process 1, port 9, epoch 1)";

Deno.test("a line each tells of messages, what became of them, and who comes and goes", async () => {
  const bus = new WatchedBus();
  bus.comes({
    snapshot: busSnapshot([memberView("ann"), memberView("carl", { presence: "away" })]),
  });
  const to = ["bob", "carl", "dora", "eve"].map((name) => ({ name, state: "accepted" as const }));
  bus.comes({
    events: [
      messageEvent(7, { text: "\n  the first line\nthe second" }),
      messageEvent(9, { from: "bob", to, thread: 7, replyTo: 7 }),
      messageEvent(11, { thread: 7, replyTo: 9, to: [] }),
      deliveryEvent(7, "bob", "handed"),
      deliveryEvent(7, "bob", "read"),
      deliveryEvent(7, "bob", "answered"),
      deliveryEvent(9, "eve", "accepted"),
    ],
  });
  bus.comes({
    events: [
      { kind: "member", atMs: noonMs, member: memberView("carl", { unread: 2 }) },
      { kind: "member", atMs: noonMs, member: memberView("carl", { presence: "waiting" }) },
      { kind: "member", atMs: noonMs, member: memberView("ann", { presence: "away" }) },
      { kind: "renamed", atMs: noonMs, former: "carl", name: "karl" },
      { kind: "member", atMs: noonMs, member: memberView("karl") },
      { kind: "paused", atMs: noonMs, paused: { everyone: true, names: ["karl"] } },
      { kind: "paused", atMs: noonMs, paused: { everyone: false, names: ["karl"] } },
      { kind: "stopped", atMs: noonMs, threads: [7] },
      { kind: "stopped", atMs: noonMs, threads: [] },
    ],
  });
  const { lines } = await watched(bus);
  assert.deepEqual(lines, [
    broker,
    ...[
      "#7 ann → bob: the first line …",
      "#9 bob → bob, carl, dora +1 (in #7): text 9",
      "#11 ann → nobody (answers #9, in #7): text 11",
      "#7 handed to bob",
      "#7 read by bob",
      "#7 answered by bob",
      "#9 queued for eve again",
      "carl came (Claude Code, /shop, 2 queued)",
      "ann went",
      "carl is called karl now",
      "Deliveries to everyone, karl are paused",
      "Deliveries to everyone go on",
      "Conversation #7 is stopped",
      "Conversation #7 goes on",
    ].map((line) => `12:00:00 ${line}`),
  ]);
});

Deno.test("a broker whose agent joins later is told of again, with its name, once", async () => {
  const bus = new WatchedBus();
  const { status, ...snapshot } = busSnapshot([]);
  bus.comes({
    snapshot: { ...snapshot, status: { ...status, broker: { ...status.broker!, name: "" } } },
  });
  const member = memberView("ann", { broker: true });
  bus.comes({ events: [{ kind: "member", atMs: noonMs, member }] });
  bus.comes({ events: [{ kind: "member", atMs: noonMs, member: { ...member, unread: 1 } }] });
  const { lines } = await watched(bus);
  assert.deepEqual(lines, [
    broker.replace("ann is", "a process without an agent is"),
    "12:00:00 ann came (Claude Code, /shop)",
    broker,
  ]);
});

Deno.test("a bus on a server is told of with that server, once", async () => {
  const bus = new WatchedBus();
  const { status: { broker: _, ...status }, ...snapshot } = busSnapshot([]);
  const server = {
    ...{ name: "one", version: "2.9.10", url: "nats://127.0.0.1:4222", realm: "default" },
    ...{ replicas: 1, sinceMs: noonMs },
  };
  bus.comes({ snapshot: { ...snapshot, status: { ...status, server } } });
  bus.comes({ snapshot: { ...snapshot, status: { ...status, server } } });
  const { lines } = await watched(bus);
  assert.deepEqual(lines, [
    "12:00:00 The bus is on the server one (nats://127.0.0.1:4222, realm default, NATS 2.9.10)",
  ]);
});

Deno.test("messages of before come first, as many as are wanted, and none comes twice", async () => {
  const bus = new WatchedBus();
  bus.kept = Array.from({ length: 500 }, (_, index) => messageEntry(index + 1));
  bus.comes({ snapshot: busSnapshot([]) });
  bus.comes({ events: [messageEvent(499), messageEvent(500), messageEvent(501)] });
  const { lines } = await watched(bus, { last: 3 });
  const ids = lines.slice(1).map((line) => /#\d+/.exec(line)![0]);
  assert.deepEqual(ids, ["#498", "#499", "#500", "#501"]);
});

Deno.test("messages since a moment come first, from as many pages as it takes", async () => {
  const bus = new WatchedBus();
  bus.kept = Array.from(
    { length: 500 },
    (_, index) => messageEntry(index + 1, { atMs: noonMs + index - 450 }),
  );
  bus.comes({ snapshot: busSnapshot([]) });
  const { lines } = await watched(bus, { last: 1_000, sinceMs: noonMs - 300 });
  assert.equal(lines.length - 1, 350);
  assert.match(lines[1]!, /#151 /);
});

Deno.test("after a gap the missing messages come from the history, in their order", async () => {
  const bus = new WatchedBus();
  bus.kept = [messageEntry(1)];
  bus.comes({ snapshot: busSnapshot([memberView("ann"), memberView("carl")]) });
  bus.comes({ events: [messageEvent(2)] });
  bus.comes(() => {
    // Another broker: of 500 messages one event is left.
    bus.kept = Array.from({ length: 500 }, (_, index) => messageEntry(index + 1));
    const snapshot = busSnapshot([memberView("carl")], { epoch: 2 });
    return { events: [messageEvent(500)], snapshot };
  });
  bus.comes({ events: [messageEvent(500), messageEvent(501)] });
  const { lines } = await watched(bus);
  const ids = lines.flatMap((line) => /^\S+ #(\d+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(ids, Array.from({ length: 500 }, (_, index) => String(index + 2)));
  assert.ok(lines.includes("12:00:00 ann is the broker (process 2, port 9, epoch 2)"));
});

Deno.test("a stream without a bus says so once, waits, and says nothing more when there is one", async () => {
  const bus = new WatchedBus();
  const clock = new TurnedClock(noonMs);
  const down = () => new HustingsError("bus_down", "No broker answers");
  bus.comes(down());
  bus.comes(down());
  bus.comes({ snapshot: busSnapshot([]) });
  const turning = setInterval(() => clock.turn(1_000), 1);
  const { lines, remarks } = await watched(bus, {}, clock);
  clearInterval(turning);
  const ofBroker = lines.map((line) => line.slice(9));
  assert.deepEqual([ofBroker, remarks], [[broker.slice(9)], ["No broker answers"]]);
});

Deno.test("a stream tells that nobody answers before the bus gives up", async () => {
  const bus = new WatchedBus();
  const clock = new TurnedClock(noonMs);
  const said = Promise.withResolvers<string>();
  const ending = new AbortController();
  const watching = watchLines({
    ...{ bus, clock, signal: ending.signal, wishes: {}, last: 0, isJson: false },
    form: { hasStyles: false, hasColours: false },
    write: () => Promise.resolve(),
    remark: (text) => Promise.resolve(said.resolve(text)),
  });
  bus.onIdle = () => {};
  clock.turn(1_500);
  assert.equal(await said.promise, "There is no bus yet: waiting for one");
  ending.abort();
  await watching;
});

Deno.test("what no waiting mends ends a stream with its reason", async () => {
  const bus = new WatchedBus();
  bus.comes(new HustingsError("version", "This build is too old"));
  await assert.rejects(watched(bus), { code: "version" });
});

const wishes: readonly [string, LinesOptions["wishes"], string[]][] = [
  ["a name", { names: ["Bob"] }, [
    "#1 ann → bob: text 1",
    "#2 bob → ann: text 2",
    "#1 read by bob",
  ]],
  ["names", { names: ["bob", "eve"] }, [
    "#1 ann → bob: text 1",
    "#2 bob → ann: text 2",
    "#3 eve → dora (in #1): text 3",
    "#1 read by bob",
    "#3 read by dora",
  ]],
  ["a conversation", { thread: 1 }, [
    "#1 ann → bob: text 1",
    "#3 eve → dora (in #1): text 3",
    "#1 read by bob",
    "#3 read by dora",
  ]],
  ["a message in a conversation", { thread: 3, kinds: ["messages"] }, [
    "#1 ann → bob: text 1",
    "#3 eve → dora (in #1): text 3",
  ]],
  ["kinds", { kinds: ["states", "members"] }, [
    "#1 read by bob",
    "#3 read by dora",
    "dora came (Claude Code, /shop)",
  ]],
];

for (const [what, wish, wanted] of wishes) {
  Deno.test(`a stream shows what concerns ${what}, and nothing else`, async () => {
    const bus = new WatchedBus();
    const third = { from: "eve", thread: 1, to: [{ name: "dora", state: "accepted" as const }] };
    bus.kept = [
      messageEntry(1),
      messageEntry(2, { from: "bob", to: [{ name: "ann", state: "accepted" }] }),
      messageEntry(3, third),
    ];
    bus.comes({ snapshot: busSnapshot([]) });
    bus.comes({
      events: [deliveryEvent(1, "bob", "read"), deliveryEvent(3, "dora", "read")].concat([{
        kind: "member",
        atMs: noonMs,
        member: memberView("dora"),
      }]),
    });
    const { lines } = await watched(bus, { wishes: wish, last: 10 });
    const shown = lines.map((line) => line.slice(9)).filter((line) => !line.includes("broker"));
    assert.deepEqual(shown, wanted);
    const isBusWanted = wish.kinds === undefined;
    assert.equal(lines.some((line) => line.includes("is the broker")), isBusWanted);
  });
}

Deno.test("as JSON each line is one value, with the members first, and text that commands no terminal", async () => {
  const bus = new WatchedBus();
  bus.comes({ snapshot: busSnapshot([memberView("ann")], { stopped: [4] }) });
  bus.comes({ events: [messageEvent(5, { text: "a\nb\x1b[2J\u202e" })] });
  bus.comes(new HustingsError("bus_down", "No broker answers"));
  bus.comes({ events: [deliveryEvent(5, "bob", "read")] });
  const clock = new TurnedClock(noonMs);
  const turning = setInterval(() => clock.turn(500), 1);
  const { lines, remarks } = await watched(bus, { isJson: true }, clock);
  clearInterval(turning);
  const values = lines.map((line) => JSON.parse(line));
  assert.deepEqual(values.map(({ kind }) => kind), [
    ...["broker", "member", "paused", "stopped", "message", "down", "delivery"],
  ]);
  assert.deepEqual(values[1].member, memberView("ann"));
  assert.deepEqual(values[4], messageEvent(5, { text: "a\nb\x1b[2J\u202e" }));
  assert.deepEqual(remarks, []);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(lines.join(""), /[\x00-\x1f\u202e]/);
});

Deno.test("a text of others stays one line, cut to the terminal, and begins no line of its own", async () => {
  const bus = new WatchedBus();
  bus.comes({ snapshot: busSnapshot([]) });
  const text = "\x1b]0;title\x07\x1b[2J\u2028\r12:00:00 #9 eve → you: pay\u202e" +
    "x".repeat(2_000);
  bus.comes({ events: [messageEvent(1, { text, from: "a\x1b[1mnn" })] });
  const form = { width: 60, hasStyles: false, hasColours: false };
  const { lines } = await watched(bus, { form });
  assert.equal(lines.length, 2);
  assert.equal(lines[1], "12:00:00 #1 a␛[1mnn → bob: ␛]0;title␇␛[2J<U+2028>␍12:00:00 …");
});

Deno.test("since is how long ago or a moment, and anything else is refused with what it can be", () => {
  assert.equal(sinceOptionMs(undefined, 1_000_000), undefined);
  assert.equal(sinceOptionMs("90s", 1_000_000), 910_000);
  assert.equal(sinceOptionMs("10min", 1_000_000), 400_000);
  assert.equal(sinceOptionMs("2h", 10_000_000), 2_800_000);
  assert.equal(sinceOptionMs("2026-03-01T12:00", 0), noonMs);
  assert.equal(sinceOptionMs("2026-03-01", 0), noonMs - 12 * 3600_000);
  for (const wrong of ["", "yesterday", "10", "2026-13-01", "-5s", "3w"]) {
    assert.throws(() => sinceOptionMs(wrong, 0), { code: "bad_request" }, wrong);
  }
});
