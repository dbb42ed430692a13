import assert from "node:assert/strict";
import type { BusEvent, ObserveResult } from "../../lib/core/bus_events.ts";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";
import { HubOnlooker } from "../support/onlooker_bench.ts";

async function pair(bench: HubBench) {
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob", client: "gemini" });
  return { alice, bob };
}

/** An `observe` that waits, and what it answered so far. */
function waiting(onlooker: HubOnlooker, waitMs = 60_000) {
  const seen: ObserveResult[] = [];
  const done = onlooker.observe(waitMs).then((result) => seen.push(result));
  done.catch(() => {});
  return { seen, done };
}

/** What `events` say of one kind, in a few words each. */
function said(events: readonly BusEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === "message") {
      const to = event.message.to.map(({ name, state }) => `${name} ${state}`).join();
      return `#${event.message.id} ${event.message.from}: ${event.message.text} (${to})`;
    }
    if (event.kind === "delivery") return `#${event.id} ${event.name} ${event.state}`;
    if (event.kind === "member") return `${event.member.name} ${event.member.presence}`;
    return event.kind;
  });
}

async function read(member: HubMember): Promise<void> {
  const { messages } = await member.check();
  await member.ask({ op: "ack", messages: messages.map(({ id }) => id) });
}

Deno.test("onlooker sees all there is at its first look, has no name and is in no list", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  await alice.send(["bob"]);
  const { snapshot } = await HubOnlooker.begin(bench);
  const shown = snapshot.list.members.map(({ name, unread }) => `${name} ${unread}`);
  assert.deepEqual(shown, ["alice 0", "bob 1"]);
  assert.deepEqual(snapshot.status.membersHere, 2);
  assert.deepEqual(snapshot.reigns.map(({ epoch, pid, port }) => [epoch, pid, port]), [[1, 8, 9]]);
  assert.deepEqual(snapshot.paused, { everyone: false, names: [] });
  assert.deepEqual(snapshot.stopped, []);
  assert.equal((await alice.ask({ op: "list" })).members.length, 2);
});

Deno.test("onlooker that waits is told at once of a message, and then of each step of it", async () => {
  using bench = new HubBench();
  const { alice, bob } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const { seen } = waiting(onlooker);
  const { id } = await alice.send(["bob"], "look at this");
  await settled();
  assert.deepEqual(said(seen[0]!.events), [`#${id} alice: look at this (bob accepted)`]);
  await read(bob);
  const answer = await bob.send([], "done", id);
  const events = await onlooker.events(bench, "message", "delivery");
  assert.deepEqual(said(events), [
    `#${id} bob handed`,
    `#${id} bob read`,
    `#${answer.id} bob: done (alice accepted)`,
    `#${id} bob answered`,
  ]);
  const answers = events.filter((event) => event.kind === "message");
  assert.deepEqual([answers[0]!.message.thread, answers[0]!.message.replyTo], [id, id]);
});

Deno.test("message is told once, though it is sent again", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const again = { op: "send", message: "same", to: ["bob"], text: "once" } as const;
  await alice.ask(again);
  await alice.ask(again);
  assert.equal((await onlooker.events(bench, "message")).length, 1);
});

Deno.test("what a gone process held is told as queued again", async () => {
  using bench = new HubBench();
  const { alice, bob } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const { id } = await alice.send(["bob"]);
  await bob.check();
  await bob.ask({ op: "release", request: bob.lastId });
  await bob.check();
  bob.session.end();
  const steps = await onlooker.events(bench, "delivery");
  const handed = `#${id} bob handed`;
  assert.deepEqual(said(steps), [handed, `#${id} bob accepted`, handed, `#${id} bob accepted`]);
});

Deno.test("onlooker is told who comes, waits, works and goes", async () => {
  using bench = new HubBench();
  await bench.join({ name: "alice" });
  const { onlooker } = await HubOnlooker.begin(bench);
  const bob = await bench.join({ name: "bob" });
  assert.deepEqual(said(await onlooker.events(bench, "member")), ["bob here"]);
  bob.check(60_000);
  assert.deepEqual(said(await onlooker.events(bench, "member")), ["bob waiting"]);
  bob.session.end();
  assert.deepEqual(said(await onlooker.events(bench, "member")), ["bob away"]);
});

Deno.test("onlooker is told of a new name, of the room and of the turn of a session", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice", session: "s" });
  const { onlooker } = await HubOnlooker.begin(bench);
  await alice.ask({ op: "rename", name: "zoe" });
  const [renamed, member] = await onlooker.events(bench, "renamed", "member");
  assert.ok(renamed?.kind === "renamed" && member?.kind === "member");
  assert.deepEqual([renamed.former, renamed.name, member.member.name], ["alice", "zoe", "zoe"]);
  await alice.ask({ op: "room", room: "#shop", inside: true });
  const [inside] = await onlooker.events(bench, "member");
  assert.deepEqual(inside?.kind === "member" && inside.member.rooms, ["#shop"]);
  const hook = bench.open();
  const who = { client: "claude", directory: "/shop", session: "s", instance: "hook" };
  await hook.ask({ op: "attend", ...who, activity: "working" });
  const [works] = await onlooker.events(bench, "member");
  assert.deepEqual(works?.kind === "member" && works.member.activity, "working");
});

Deno.test("many changes of one member are told a few times a second, the last as it is", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  for (let n = 0; n < 100; n++) {
    await alice.send(["bob"]);
    await bench.turn(10);
  }
  const events = await onlooker.events(bench, "member");
  const unread = events.map((event) => event.kind === "member" ? event.member.unread : 0);
  assert.equal(unread.at(-1), 100);
  assert.ok(unread.length <= 2 + 1_000 / limits.memberChangesMs, `${unread}`);
});

Deno.test("who was answered a moment ago gets a flood in few answers, and nothing of it twice", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const texts: string[] = [];
  let answers = 0;
  let goesOn = true;
  const look = async () => {
    while (goesOn) {
      const { events } = await onlooker.observe(1_000);
      answers += 1;
      for (const event of events) if (event.kind === "message") texts.push(event.message.text);
    }
  };
  const looking = look();
  for (let n = 0; n < 200; n++) {
    await alice.send(["bob"], `${n}`);
    await bench.turn(1);
  }
  await bench.turn(limits.observedPauseMs);
  goesOn = false;
  await bench.turn(1_000);
  await looking;
  assert.deepEqual(texts, Array.from({ length: 200 }, (_, n) => `${n}`));
  assert.ok(answers <= 4 + 1_200 / limits.observedPauseMs, `${answers} answers`);
});

Deno.test("wait of an onlooker ends with nothing when its time is over, and when it is cancelled", async () => {
  using bench = new HubBench();
  const { onlooker } = await HubOnlooker.begin(bench);
  const { cursor } = onlooker;
  const first = waiting(onlooker, 500);
  await bench.turn(500);
  assert.deepEqual(first.seen, [{ cursor, events: [] }]);
  const second = waiting(onlooker);
  await onlooker.who.ask({ op: "cancel", request: onlooker.who.lastId });
  await settled();
  assert.deepEqual(second.seen, [{ cursor, events: [] }]);
});

Deno.test("onlooker gets a snapshot when its cursor leads nowhere: of another broker, or of none", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const { cursor } = onlooker;
  for (const wrong of [`${cursor}0`, "7.1", "", "1.-1", "nonsense", "1.1e1"]) {
    const { snapshot } = await onlooker.who.ask({ op: "observe", waitMs: 60_000, cursor: wrong });
    assert.ok(snapshot !== undefined, wrong);
  }
  bench.takeOver();
  const later = bench.open();
  const moved = await later.ask({ op: "observe", waitMs: 60_000, cursor });
  assert.deepEqual(moved.snapshot?.reigns.map(({ epoch }) => epoch), [2, 1]);
  assert.deepEqual(alice.replies.at(-1) !== undefined && moved.events, []);
});

Deno.test("onlooker gets a snapshot when more happened than is kept, in number and in text", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const long = "x".repeat(limits.textBytes);
  for (let n = 0; n < 6; n++) await alice.send(["bob"], long);
  assert.ok((await onlooker.observe()).snapshot !== undefined);
  await alice.send(["bob"], "short");
  assert.deepEqual(said((await onlooker.observe()).events).at(0), "#7 alice: short (bob accepted)");
  for (let n = 0; n <= limits.keptEvents; n++) await alice.send(["bob"]);
  assert.ok((await onlooker.observe()).snapshot !== undefined);
});

Deno.test("one answer has no more events and text than its limits, and the next goes on there", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  for (let n = 0; n < limits.observedEvents + 1; n++) await alice.send(["bob"], `${n}`);
  const first = await onlooker.observe();
  assert.equal(first.events.length, limits.observedEvents);
  const rest = await onlooker.events(bench, "message");
  assert.deepEqual(rest.map((event) => event.kind === "message" && event.message.text), ["200"]);
  const long = "x".repeat(limits.historyTextBytes / 4);
  for (let n = 0; n < 3; n++) await alice.send(["bob"], long);
  assert.equal((await onlooker.events(bench, "message")).length, 1);
  assert.equal((await onlooker.events(bench, "message")).length, 1);
});

Deno.test("nothing is kept where nobody has looked on for a minute, and that is told as a gap", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  await bench.turn(limits.observedMs - 1);
  await alice.send(["bob"], "seen");
  assert.deepEqual(said((await onlooker.observe()).events).at(0), "#1 alice: seen (bob accepted)");
  await bench.turn(limits.observedMs);
  await alice.send(["bob"], "unseen");
  assert.ok((await onlooker.observe()).snapshot !== undefined);
});

Deno.test("who has no name may look on and nothing else", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  await alice.send(["bob"], "hi");
  const stranger = bench.open();
  const { entries } = await stranger.ask({ op: "history", limit: 9, everyone: true });
  assert.deepEqual(entries.map(({ text }) => text), ["hi"]);
  const send = { op: "send", message: "m", to: ["bob"], text: "hi" } as const;
  for (const op of [{ op: "history", limit: 9 }, { op: "list" }, send] as const) {
    await assert.rejects(stranger.ask(op), { code: "not_joined" });
  }
});

Deno.test("onlooker whose connection is gone is answered no more", async () => {
  using bench = new HubBench();
  const { alice } = await pair(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  const { seen } = waiting(onlooker);
  onlooker.who.session.end();
  await alice.send(["bob"]);
  await bench.turn(60_000);
  assert.deepEqual(seen, []);
});
