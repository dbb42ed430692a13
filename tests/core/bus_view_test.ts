import assert from "node:assert/strict";
import { BusView } from "../../lib/core/bus_view/bus_view.ts";
import { messagesPerMinute, readLatencies } from "../../lib/core/bus_view/traffic.ts";
import type { BusEvent, BusSnapshot } from "../../lib/core/bus_events.ts";
import { limits } from "../../lib/core/limits.ts";
import type { HistoryEntry, MemberView, Presence } from "../../lib/core/types.ts";

function member(name: string, presence: Presence = "here", unread = 0): MemberView {
  const place = { client: "claude", directory: "/shop", rooms: ["#shop"] };
  return { name, presence, sinceMs: 1, unread, ...place };
}

function entry(id: number, more: Partial<HistoryEntry> = {}): HistoryEntry {
  const to = [{ name: "bob", state: "accepted", atMs: id } as const];
  return { id, from: "ann", to, atMs: id, text: `text ${id}`, thread: id, ...more };
}

function delivery(id: number, name: string, state: "accepted" | "handed" | "read", atMs: number) {
  return { kind: "delivery", atMs, id, name, state } satisfies BusEvent;
}

function snapshot(members: readonly MemberView[], more: Partial<BusSnapshot> = {}): BusSnapshot {
  const broker = { name: "ann", pid: 1, port: 1, epoch: 1, sinceMs: 1, version: "1" };
  const counts = { membersHere: 1, membersAway: 0, accepted: 0, handed: 0, storeBytes: 1 };
  return {
    list: { members, unclaimed: [{ name: "ghost", unread: 3 }] },
    status: { broker, me: "", home: "/home", ...counts },
    reigns: [{ epoch: 1, pid: 1, port: 1, sinceMs: 1 }],
    paused: { everyone: false, names: [] },
    stopped: [],
    ...more,
  };
}

/** A view that has seen these events. */
function seen(...events: BusEvent[]): BusView {
  const view = new BusView();
  view.take({ cursor: "1", events });
  return view;
}

function message(id: number, more: Partial<HistoryEntry> = {}): BusEvent {
  return { kind: "message", atMs: id, message: entry(id, more) };
}

Deno.test("a view lists members who are here before those who are away, and forgets those that a snapshot does not name", () => {
  const view = new BusView();
  const members = [member("zoe"), member("Bob", "away"), member("ann"), member("cat", "waiting")];
  view.take({ cursor: "1", events: [], snapshot: snapshot(members) });
  assert.deepEqual(view.members.map(({ name }) => name), ["ann", "cat", "zoe", "Bob"]);
  const came = { kind: "member", atMs: 2, member: member("bob", "waiting", 2) } as const;
  view.take({ cursor: "2", events: [came] });
  assert.deepEqual(view.members.map(({ name }) => name), ["ann", "bob", "cat", "zoe"]);
  assert.equal(view.backlog, 2 + 3);
  view.take({ cursor: "3", events: [came], snapshot: snapshot([member("ann")]) });
  assert.deepEqual(view.members.map(({ name }) => name), ["ann"]);
  assert.equal(view.snapshots, 2);
});

Deno.test("a view carries on a member and its messages under the new name when it is renamed", () => {
  const renamed = { kind: "renamed", atMs: 3, former: "Bob", name: "rob" } as const;
  const came = { kind: "member", atMs: 1, member: member("Bob") } as const;
  const to = [{ name: "Bob", state: "accepted" } as const];
  const view = seen(came, message(1, { to }), renamed, delivery(1, "rob", "read", 4));
  assert.equal(view.member("bob"), undefined);
  assert.equal(view.member("ROB")?.name, "rob");
  assert.deepEqual(view.conversations.message(1)?.to.map(({ name, state }) => [name, state]), [
    ["rob", "read"],
  ]);
});

Deno.test("a view puts each message into its conversation, whatever comes first, and each once", () => {
  const view = seen(message(5), message(7, { thread: 2 }), message(9, { thread: 5 }));
  view.takeHistory([entry(7, { thread: 2 }), entry(3, { thread: 2 }), entry(2)]);
  const { conversations } = view;
  assert.deepEqual(conversations.threadIds, [5, 2]);
  assert.deepEqual(conversations.thread(2)?.messages.map(({ id }) => id), [2, 3, 7]);
  assert.deepEqual(conversations.thread(5)?.messages.map(({ id }) => id), [5, 9]);
  assert.deepEqual(conversations.ids, [2, 3, 5, 7, 9]);
  assert.equal(conversations.thread(3), undefined);
});

Deno.test("a view keeps when a message passed each state, and goes by the later word on it", () => {
  const view = seen(message(1), delivery(1, "bob", "handed", 20), delivery(1, "bob", "read", 30));
  // A page of the history that was under way meanwhile.
  view.takeHistory([entry(1, { to: [{ name: "bob", state: "handed", atMs: 20 }] })]);
  const [to] = view.conversations.message(1)!.to;
  assert.deepEqual(to, { name: "bob", state: "read", atMs: 30, handedMs: 20, readMs: 30 });
  view.take({ cursor: "2", events: [delivery(1, "bob", "accepted", 40)] });
  assert.equal(view.conversations.message(1)!.to[0]!.state, "accepted");
});

Deno.test("a change that comes before its message is not lost when a page of the history brings that", () => {
  const view = seen(delivery(4, "bob", "handed", 8), delivery(4, "bob", "read", 9));
  assert.equal(view.conversations.size, 0);
  view.takeHistory([entry(4)]);
  assert.equal(view.conversations.message(4)!.to[0]!.state, "read");
});

Deno.test("a view of a message says nothing else later on, when something becomes of it", () => {
  const view = seen(message(1));
  const before = view.conversations.message(1)!;
  view.take({ cursor: "2", events: [delivery(1, "bob", "read", 9)] });
  assert.equal(before.to[0]!.state, "accepted");
  assert.notEqual(view.conversations.message(1), before);
});

Deno.test("view forgets the oldest messages when their texts are longer than it holds", () => {
  const view = new BusView();
  const text = "x".repeat(limits.textBytes);
  const room = limits.viewedTextLength / text.length;
  view.takeHistory(Array.from({ length: room + 3 }, (_, n) => ({ ...entry(n + 1), text })));
  assert.deepEqual([view.conversations.size, view.conversations.ids[0]], [room, 4]);
  view.takeHistory([{ ...entry(room + 3), text: "" }, { ...entry(room + 4), text }]);
  assert.deepEqual([view.conversations.size, view.conversations.ids[0]], [room + 1, 4]);
});

Deno.test("a view forgets its oldest messages when it holds as many as it may", () => {
  const view = new BusView();
  const count = limits.viewedMessages + 5;
  const all = Array.from({ length: count }, (_, index) => entry(index + 1, { thread: 1 }));
  view.takeHistory(all);
  assert.equal(view.conversations.size, limits.viewedMessages);
  assert.equal(view.conversations.message(5), undefined);
  assert.equal(view.conversations.thread(1)!.messages[0]!.id, 6);
});

Deno.test("a view says what a person holds up when that changes", () => {
  const view = new BusView();
  view.take({ cursor: "1", events: [], snapshot: snapshot([member("bob")], { stopped: [4] }) });
  assert.deepEqual([view.isStopped(4), view.isPaused("bob")], [true, false]);
  view.take({
    cursor: "2",
    events: [
      { kind: "paused", atMs: 2, paused: { everyone: false, names: ["Bob"] } },
      { kind: "stopped", atMs: 3, threads: [7] },
    ],
  });
  assert.deepEqual([view.isStopped(4), view.isStopped(7)], [false, true]);
  assert.deepEqual([view.isPaused("bob"), view.isPaused("ann")], [true, false]);
  const all = { kind: "paused", atMs: 4, paused: { everyone: true, names: [] } } as const;
  view.take({ cursor: "3", events: [all] });
  assert.ok(view.isPaused("ann"));
});

Deno.test("messagesPerMinute counts by the minutes of the clock, up to the running one", () => {
  const times = [59_999, 60_000, 119_999, 185_000, 200_000];
  const view = seen(...times.map((atMs, index) => message(index + 1, { atMs })));
  assert.deepEqual(messagesPerMinute(view.conversations, 239_000, 3), [2, 0, 2]);
  assert.deepEqual(messagesPerMinute(view.conversations, 239_000, 5), [0, 1, 2, 0, 2]);
});

Deno.test("readLatencies measures from accepted to read, also where the message was answered since", () => {
  const view = new BusView();
  const reads = Array.from(
    { length: 100 },
    (_, index) => delivery(index + 1, "bob", "read", index + 1 + (index + 1) * 10),
  );
  view.take({ cursor: "1", events: Array.from({ length: 100 }, (_, index) => message(index + 1)) });
  view.take({ cursor: "2", events: reads });
  view.take({
    cursor: "3",
    events: [{ kind: "delivery", atMs: 9_999, id: 1, name: "bob", state: "answered" }],
  });
  const { eachMs, ...figures } = readLatencies(view.conversations, 0, 1_000);
  assert.deepEqual(figures, { count: 100, medianMs: 500, p95Ms: 950, maxMs: 1000 });
  assert.deepEqual(eachMs.slice(0, 3), [10, 20, 30]);
  assert.equal(readLatencies(view.conversations, 50, 1_000).count, 51);
  assert.deepEqual(readLatencies(view.conversations, 0, 2).eachMs, [990, 1000]);
  assert.equal(readLatencies(new BusView().conversations, 0, 10).p95Ms, 0);
});
