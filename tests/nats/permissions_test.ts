import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { natsPermissions } from "../../lib/bus/nats/permissions.ts";
import type { NatsPermissions } from "../../lib/bus/nats/permissions.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { openNats } from "../support/nats_bus.ts";
import { NatsServer } from "../support/nats_server.ts";
import { natsUsers } from "../support/nats_users.ts";
import { onNats } from "../support/on_nats.ts";

// The suite for all kinds of bus runs with the least rights; here one of them is missing at a time.

interface Lack {
  readonly realm: string;
  /** What is not allowed. */
  readonly way: keyof NatsPermissions;
  readonly subject: string;
  readonly left: NatsPermissions;
}

/** What is asked for after a loss, or where more changes than a client takes at once: not in a moment like this. */
const seldom = /^\$JS\.((FC|API\.CONSUMER\.DELETE)\.|API\.STREAM\.MSG\.DELETE\.KV_.*_directory$)/;

/** For each right that a member needs at once, a realm whose user has all the others. */
function lacks(): Lack[] {
  const count = Object.values(natsPermissions("realm")).flat().length;
  return Array.from({ length: count }, (_, index) => {
    const realm = `realm-${index}`;
    const all = natsPermissions(realm);
    const way = index < all.publish.length ? "publish" : "subscribe";
    const subject = [...all.publish, ...all.subscribe][index]!;
    const left = { ...all, [way]: all[way].filter((each) => each !== subject) };
    return { realm, way, subject, left } as const;
  }).filter(({ subject }) => !seldom.test(subject));
}

/** All that members do, by two of them in `realm`. */
async function doAll(host: string, realm: string): Promise<void> {
  const url = `nats://${realm}:right@${host}/${realm}`;
  const [alice, bob] = [openNats(url, { times: 20 }), openNats(url, { times: 20 })];
  try {
    await alice.join({ client: "alice", directory: "/a", name: "alice", repository: "/a" });
    await bob.join({ client: "bob", directory: "/b", name: "bob" });
    const waiting = bob.check({ waitMs: 60_000 });
    waiting.catch(() => {});
    const { id } = await alice.send({ to: ["bob"], text: "question" });
    const handed = await waiting;
    await handed.confirm();
    await bob.send({ to: [], text: "x".repeat(limits.textBytes), replyTo: id });
    await (await alice.check({ waitMs: 0 })).release();
    await alice.watch({ waitMs: 60_000, after: 0 });
    await (await alice.check({ waitMs: 0 })).confirm();
    await alice.history({ limit: 5 });
    await alice.room("release", true);
    await alice.rename("zoe");
    await alice.list();
    await alice.status();
    await bob.observe({ waitMs: 0 });
    await bob.leave();
    await alice.leave();
  } finally {
    await Promise.all([alice.leave(), bob.leave()]);
  }
}

onNats(
  "each right that is missing is named to who lacks it, and none is more than is needed",
  async () => {
    const all = lacks();
    const users = Object.fromEntries(all.map(({ realm, left }) => [realm, left]));
    const config = natsUsers({ ...users, full: natsPermissions("full") });
    await using server = await NatsServer.start({ config });
    await doAll(server.host, "full");
    const found = await Promise.all(all.map(async (lack) => {
      try {
        await doAll(server.host, lack.realm);
        return `${lack.subject} (${lack.way}) is not needed`;
      } catch (error) {
        return wrongAnswer(lack, error);
      }
    }));
    assert.deepEqual(found.filter((each) => each !== undefined), []);
  },
);

/** What is wrong with how somebody is told of it; undefined where nothing is. */
function wrongAnswer({ way, subject, realm }: Lack, error: unknown): string | undefined {
  const what = way === "publish" ? "publish to" : "subscribe to";
  const beginning = subject.replace(/[.*>]+$/, "");
  const says = error instanceof HustingsError && error.code === "not_admitted" &&
    error.message.includes(`user '${realm}' to ${what} '${beginning}`);
  return says ? undefined : `${subject} (${way}): ${error}`;
}

Deno.test("help of join lists each right of a user that may do no more than it needs", async () => {
  await using bus = await HustingsProcess.create();
  const { stdout } = await bus.run(["help", "join"]);
  const words = new Set(stdout.split(/[\s,]+/).map((word) => word.replace(/(?<=[^.>*])\.$/, "")));
  const { publish, subscribe } = natsPermissions("REALM");
  for (const subject of [...publish, ...subscribe]) assert.ok(words.has(subject), subject);
});

Deno.test("README has the list of those rights, as a server is configured with it", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const { publish, subscribe } = natsPermissions("default");
  const list = (subjects: readonly string[]) => subjects.map((each) => `  "${each}"\n`).join("");
  const text = `publish: { allow: [\n${list(publish)}] }\nsubscribe: { allow: [\n${
    list(subscribe)
  }] }`;
  assert.ok(readme.includes(text), `README.md has to have:\n${text}`);
});
