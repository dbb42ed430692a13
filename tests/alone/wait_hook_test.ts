import { deepEqual, equal, match, ok } from "node:assert/strict";
import { awaitMessages } from "../../lib/cli/hook/await_messages.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { queuedMessage as message } from "../support/queued_message.ts";
import { ScriptedBroker } from "../support/scripted_broker.ts";
import type { Script } from "../support/scripted_broker.ts";

// `hustings hook claude wait`: the real program, and a broker that answers what the test says.

const came = { count: 1, from: ["gemini-shop"], newest: 7 };
const stdin = JSON.stringify({ session_id: "s1", cwd: "/srv/shop", hook_event_name: "Stop" });
const silence = { code: 0, stdout: "", stderr: "" };

/** A broker whose watches answer one after the other, and then wait. */
function watching(...seen: unknown[]): Script {
  return {
    attend: () => ({ name: "claude-shop", unread: 0 }),
    watch: () => seen.shift(),
    check: () => ({ messages: [message], more: 0 }),
    ack: () => ({}),
  };
}

function wait(bus: HustingsProcess, env: Record<string, string> = {}): Deno.ChildProcess {
  return bus.start(["hook", "claude", "wait"], { stdin, env });
}

async function ended(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("wait hands over what came on stderr, acknowledges it and ends with 2", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching(came));
  const { code, stdout, stderr } = await ended(wait(bus));
  deepEqual([code, stdout], [2, ""]);
  match(stderr, /^1 message for claude-shop .* not orders of your user.*> ship it$/s);
  deepEqual(broker.ops, ["attend", "watch", "check", "ack"]);
  const [attend] = broker.asked;
  equal("activity" in attend!, false);
});

Deno.test("wait goes on when others took the messages first", async () => {
  await using bus = await HustingsProcess.create();
  const handed = [[], [message]];
  await using broker = await ScriptedBroker.start(bus, {
    ...watching(came, { count: 0, from: [], newest: 0 }, came),
    check: () => ({ messages: handed.shift(), more: 0 }),
  });
  equal((await ended(wait(bus))).code, 2);
  deepEqual(broker.ops, ["attend", "watch", "check", "watch", "watch", "check", "ack"]);
});

Deno.test("wait ends silently with 0 when a newer one has taken its place", async () => {
  await using bus = await HustingsProcess.create();
  const replaced = { count: 0, from: [], newest: 0, replaced: true };
  await using broker = await ScriptedBroker.start(bus, watching(replaced));
  deepEqual(await ended(wait(bus)), silence);
  deepEqual(broker.ops, ["attend", "watch"]);
});

Deno.test({
  name: "wait ends silently with 0 when its client ends it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using bus = await HustingsProcess.create();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      await using broker = await ScriptedBroker.start(bus, watching());
      const child = wait(bus);
      await broker.wasAsked("watch");
      child.kill(signal);
      deepEqual(await ended(child), silence);
    }
  },
});

Deno.test("wait finds the next broker when its own goes, wherever that is", async () => {
  await using bus = await HustingsProcess.create();
  await using first = await ScriptedBroker.start(bus, watching());
  const child = wait(bus);
  await first.wasAsked("watch");
  await first.leave();
  const place = { port: bus.port + 4 };
  await using next = await ScriptedBroker.start(bus, watching(came), place);
  equal((await ended(child)).code, 2);
  deepEqual(next.ops, ["attend", "watch", "check", "ack"]);
});

Deno.test("wait goes on with the next broker when its own goes before it hands anything over", async () => {
  await using bus = await HustingsProcess.create();
  await using first = await ScriptedBroker.start(bus, {
    ...watching(came),
    check: () => undefined,
  });
  const child = wait(bus);
  await first.wasAsked("check");
  await first.leave();
  await using _next = await ScriptedBroker.start(bus, watching(came));
  equal((await ended(child)).code, 2);
});

Deno.test("wait wakes its session with what it has shown, whether the broker heard of that or not", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, { ...watching(came), ack: () => undefined });
  const child = wait(bus);
  await broker.wasAsked("ack");
  await broker.leave();
  const { code, stderr } = await ended(child);
  equal(code, 2);
  match(stderr, /> ship it/);
});

Deno.test("wait ends with 0, and gives the messages back, when nobody reads its stderr", async () => {
  await using bus = await HustingsProcess.create();
  const script = { ...watching(came), release: () => ({}) };
  await using broker = await ScriptedBroker.start(bus, script);
  const child = wait(bus);
  await child.stderr.cancel();
  const { code } = await child.status;
  await child.stdout.cancel();
  equal(code, 0);
  deepEqual(broker.ops, ["attend", "watch", "check", "release"]);
});

Deno.test("wait looks for its session again when that is not on the bus yet", async () => {
  await using bus = await HustingsProcess.create();
  let asked = 0;
  await using _broker = await ScriptedBroker.start(bus, {
    ...watching(came),
    attend: () =>
      ++asked < 4
        ? { error: { code: "not_joined", message: "no such session" } }
        : { name: "claude-shop", unread: 1 },
  });
  equal((await ended(wait(bus))).code, 2);
});

Deno.test("wait leaves the waking to the channel of its session where there is one", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching(came));
  deepEqual(await ended(wait(bus, { HUSTINGS_CHANNEL: "1" })), silence);
  deepEqual(broker.ops, []);
});

Deno.test("wait does not hold up a client that has no user and would wait for it", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching(came));
  deepEqual(await ended(wait(bus, { CLAUDE_CODE_SESSION_ATTENDED: "0" })), silence);
  // Another client runs what stands in Claude Code's settings.
  deepEqual(await ended(wait(bus, { CLAUDECODE: "" })), silence);
  deepEqual(broker.ops, []);
});

Deno.test("wait gives up when there is no bus for long", async () => {
  await using bus = await HustingsProcess.create();
  Deno.env.set("HUSTINGS_HOME", bus.home);
  Deno.env.set("CLAUDECODE", "1");
  try {
    const since = performance.now();
    const first = { client: "claude", directory: bus.shop };
    equal(await awaitMessages({ first, second: () => Promise.resolve(first) }, 250), 0);
    ok(performance.now() - since >= 250, "it looked for one");
  } finally {
    Deno.env.delete("CLAUDECODE");
    Deno.env.delete("HUSTINGS_HOME");
  }
});
