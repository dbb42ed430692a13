import assert from "node:assert/strict";
import type { Mailbox, Room, Rooms, RoomWay } from "../../lib/store/store.ts";
import { StoreBench } from "../support/store_bench.ts";

function create(bench: StoreBench, name: string, repository?: string): Room {
  return bench.run(({ rooms }) => rooms.create(name, repository));
}

function rooms<T>(bench: StoreBench, work: (rooms: Rooms) => T): T {
  return bench.run((transaction) => work(transaction.rooms));
}

function wayOf(bench: StoreBench, room: Room, mailbox: Mailbox): RoomWay | undefined {
  return rooms(bench, (all) => all.way(room.id, mailbox.id));
}

function put(bench: StoreBench, room: Room, mailbox: Mailbox, way: "works" | "entered"): void {
  rooms(bench, (all) => all.set(room.id, mailbox.id, way));
}

function leave(bench: StoreBench, room: Room, mailbox: Mailbox): void {
  rooms(bench, (all) => all.leave(room.id, mailbox.id));
}

function names(bench: StoreBench): string[] {
  return rooms(bench, (all) => all.all()).map(({ name }) => name);
}

Deno.test("room is found by any spelling of its name, and by its repository", () => {
  using bench = new StoreBench();
  const shop = create(bench, "Shop", "/srv/shop");
  const release = create(bench, "release");
  assert.deepEqual(rooms(bench, (all) => all.byName("sHOP")), shop);
  assert.deepEqual(rooms(bench, (all) => all.byRepository("/srv/shop")), shop);
  assert.equal(rooms(bench, (all) => all.byRepository("/srv/SHOP")), undefined);
  assert.equal(rooms(bench, (all) => all.byName("till")), undefined);
  assert.deepEqual(rooms(bench, (all) => all.all()), [release, shop]);
  assert.throws(() => create(bench, "shop"), /UNIQUE/);
  assert.throws(() => create(bench, "shop-2", "/srv/shop"), /UNIQUE/);
});

Deno.test("those in a room are who works in its repository or entered, and not who left", () => {
  using bench = new StoreBench();
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => bench.mailbox(name));
  const [shop, release] = [create(bench, "shop", "/srv/shop"), create(bench, "release")];
  put(bench, shop, alice!, "works");
  put(bench, shop, bob!, "entered");
  put(bench, shop, carol!, "works");
  put(bench, release, bob!, "entered");
  leave(bench, shop, carol!);
  assert.deepEqual(rooms(bench, (all) => all.members(shop.id)), [alice!.id, bob!.id]);
  const ways = [alice!, bob!, carol!].map((mailbox) => wayOf(bench, shop, mailbox));
  assert.deepEqual(ways, ["works", "entered", "left"]);
  assert.equal(wayOf(bench, release, alice!), undefined);
  const all = rooms(bench, (of) => of.ofAll());
  assert.deepEqual([...all], [[bob!.id, [release, shop]], [alice!.id, [shop]]]);
  for (const [mailbox, its] of all) assert.deepEqual(rooms(bench, (of) => of.of(mailbox)), its);
  assert.deepEqual(rooms(bench, (of) => of.of(carol!.id)), []);
});

Deno.test("who works elsewhere is out of the former repository's room, and in those it entered", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const [shop, till] = [create(bench, "shop", "/srv/shop"), create(bench, "till", "/srv/till")];
  const release = create(bench, "release");
  for (const mailbox of [alice, bob]) put(bench, shop, mailbox, "works");
  put(bench, till, alice, "works");
  put(bench, release, alice, "entered");
  rooms(bench, (all) => all.worksOnlyIn(alice.id, till.id));
  assert.deepEqual(rooms(bench, (all) => all.of(alice.id)), [release, till]);
  assert.deepEqual(rooms(bench, (all) => all.of(bob.id)), [shop]);
  rooms(bench, (all) => all.worksOnlyIn(alice.id, undefined));
  assert.deepEqual(rooms(bench, (all) => all.of(alice.id)), [release]);
});

Deno.test("room is gone with the last one who has to do with it, however that one goes", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const release = create(bench, "release");
  for (const mailbox of [alice, bob]) put(bench, release, mailbox, "entered");
  leave(bench, release, alice);
  assert.deepEqual(names(bench), ["release"]);
  leave(bench, release, bob);
  assert.deepEqual(names(bench), []);

  put(bench, create(bench, "shop", "/srv/shop"), alice, "works");
  rooms(bench, (all) => all.worksOnlyIn(alice.id, undefined));
  assert.deepEqual(names(bench), []);

  put(bench, create(bench, "till"), alice, "entered");
  assert.ok(bench.run(({ mailboxes }) => mailboxes.remove(alice.id, 0)));
  assert.deepEqual(names(bench), []);
});

Deno.test("room that was made and not entered yet stays when another one goes", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  put(bench, create(bench, "shop", "/srv/shop"), alice, "works");
  const till = create(bench, "till", "/srv/till");
  rooms(bench, (all) => all.worksOnlyIn(alice.id, till.id));
  put(bench, till, alice, "works");
  assert.deepEqual(names(bench), ["till"]);
});

Deno.test("repository's room is remembered for who left it by choice, until that one is forgotten", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const shop = create(bench, "shop", "/srv/shop");
  put(bench, shop, alice, "works");
  leave(bench, shop, alice);
  rooms(bench, (all) => all.worksOnlyIn(alice.id, undefined));
  assert.deepEqual([names(bench), wayOf(bench, shop, alice)], [["shop"], "left"]);
  assert.ok(bench.run(({ mailboxes }) => mailboxes.remove(alice.id, 0)));
  assert.deepEqual(names(bench), []);
});

Deno.test("leaving a room that one never was in leaves nothing behind, but for a repository's", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const [release, shop] = [create(bench, "release"), create(bench, "shop", "/srv/shop")];
  for (const room of [release, shop]) {
    put(bench, room, alice, "entered");
    leave(bench, room, bob);
  }
  assert.deepEqual([release, shop].map((room) => wayOf(bench, room, bob)), [undefined, "left"]);
});

Deno.test("absorbed mailbox leaves its rooms to the other, whose own way into a room stays", () => {
  using bench = new StoreBench();
  const [alice, old] = [bench.mailbox("alice"), bench.mailbox("old")];
  const [shop, release] = [create(bench, "shop", "/srv/shop"), create(bench, "release")];
  put(bench, shop, alice, "works");
  leave(bench, shop, alice);
  for (const room of [shop, release]) put(bench, room, old, "entered");
  bench.run(({ mailboxes }) => mailboxes.absorb(alice.id, old.id));
  assert.deepEqual([wayOf(bench, shop, alice), wayOf(bench, release, alice)], ["left", "entered"]);
  assert.deepEqual([...rooms(bench, (all) => all.ofAll())], [[alice.id, [release]]]);
});
