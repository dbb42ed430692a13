import assert from "node:assert/strict";
import type { Bus, Handed } from "../../lib/bus/bus.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { HelloResult, Message, RenameResult } from "../../lib/core/types.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { Person } from "../../lib/web/person.ts";
import { ScriptedBus, ScriptedHanded } from "../support/scripted_bus.ts";

function message(id: number): Message {
  return { id, from: "bob", to: ["ada"], atMs: id, text: `text ${id}`, thread: id };
}

/** A bus on which what is queued for the person is handed over one handful at a time. */
class PersonBus extends ScriptedBus {
  readonly queue: ScriptedHanded[] = [];
  readonly renamed: string[] = [];
  left = false;
  inUse = false;

  override join(identity: Parameters<Bus["join"]>[0]): Promise<HelloResult> {
    if (this.inUse) return Promise.reject(new HustingsError("name_in_use", "Somebody has it"));
    super.join(identity);
    return Promise.resolve({ name: identity.name!, unread: 0 });
  }

  override check(): Promise<Handed> {
    const handed = this.queue.shift();
    return handed === undefined ? new Promise(() => {}) : Promise.resolve(handed);
  }

  override rename(name: string): Promise<RenameResult> {
    this.renamed.push(name);
    return Promise.resolve({ name, former: "ada", forwardsUntilMs: 1 });
  }

  override leave(): Promise<void> {
    this.left = true;
    return Promise.resolve();
  }
}

function personOn(...buses: PersonBus[]): Person {
  const place = { directory: "/shop", branch: "main" };
  return new Person({ openBus: () => buses.shift()!, place, clock: systemClock });
}

/** Resolves when the view is as `isSo` says. */
async function until(person: Person, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => isSo() && resolve();
  const forget = person.onChange(look);
  look();
  await promise;
  forget();
}

Deno.test("a person joins as a human under the name and must have it, and takes another one later", async () => {
  const bus = new PersonBus();
  const person = personOn(bus);
  assert.deepEqual(person.view, { unshown: [] });
  const [first, second] = await Promise.all([person.join("ada"), person.join("ada")]);
  assert.deepEqual([first.name, second.name], ["ada", "ada"]);
  const who = { client: "person", human: true, shared: true, must: true, name: "ada" };
  assert.deepEqual(bus.joined, [{ directory: "/shop", branch: "main", ...who }]);
  assert.equal((await person.join("eve")).name, "eve");
  assert.deepEqual(bus.renamed, ["eve"]);
});

Deno.test("a person who cannot have the name has none, and can take another", async () => {
  const [taken, free] = [new PersonBus(), new PersonBus()];
  taken.inUse = true;
  const person = personOn(taken, free);
  await assert.rejects(person.join("bob"), { code: "name_in_use" });
  assert.ok(taken.left);
  assert.deepEqual(person.view, { unshown: [] });
  await assert.rejects(person.send({ to: ["bob"], text: "hi" }), { code: "not_joined" });
  assert.equal((await person.join("ada")).name, "ada");
});

Deno.test("messages to a person are read when all of them were shown, and not before", async () => {
  const bus = new PersonBus();
  const [first, second] = [
    new ScriptedHanded(message(1), message(2)),
    new ScriptedHanded(message(3)),
  ];
  bus.queue.push(first, second);
  const person = personOn(bus);
  await person.join("ada");
  const ids = () => person.view.unshown.map(({ id }) => id).join();
  await until(person, () => ids() === "1,2");
  person.shown([2, 7]);
  assert.equal(ids(), "1");
  assert.deepEqual(first.words, []);
  person.shown([1]);
  assert.equal(await first.fate, "confirmed");
  await until(person, () => ids() === "3");
  assert.deepEqual(second.words, []);
});
