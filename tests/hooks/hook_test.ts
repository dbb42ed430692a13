import { deepEqual, equal, match, ok } from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { AttendOperation } from "../../lib/core/operations.ts";
import { writeEndpoint } from "../../lib/member/endpoint_file.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import type { RunOptions } from "../support/hustings_process.ts";
import { queuedMessage as message } from "../support/queued_message.ts";
import { ScriptedBroker } from "../support/scripted_broker.ts";
import type { Script } from "../support/scripted_broker.ts";
import { ScriptedPeer, staysSilent } from "../support/scripted_peer.ts";

// The real program as a client runs it, and a broker that answers what the test says.

const silence = { code: 0, stdout: "", stderr: "" };

/** A broker with messages of `texts` for whoever attends. */
function queued(...texts: string[]): Script {
  const messages = texts.map((text, index) => ({ ...message, id: 7 + index, text }));
  return {
    attend: () => ({ name: "claude-shop", unread: messages.length }),
    check: () => ({ messages: messages.splice(0), more: 0 }),
    ack: () => ({}),
    release: () => ({}),
  };
}

function input(more: Record<string, unknown> = {}): string {
  return JSON.stringify({ session_id: "s1", cwd: "/srv/shop", hook_event_name: "any", ...more });
}

function entries(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

async function hook(bus: HustingsProcess, words: string, options: RunOptions = { stdin: input() }) {
  return await bus.run(["hook", ...words.split(" ")], options);
}

Deno.test("hook shows what is queued in its client's form, and acknowledges it after that", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued("ship it", "and rest"));
  const options = { stdin: input(), env: { CLAUDE_PID: "4711" } };
  const { code, stdout, stderr } = await hook(bus, "claude PostToolUse", options);
  deepEqual([code, stderr], [0, ""]);
  const { hookSpecificOutput } = JSON.parse(stdout);
  equal(hookSpecificOutput.hookEventName, "PostToolUse");
  match(
    hookSpecificOutput.additionalContext,
    /^2 messages for claude-shop .*> ship it.*> and rest$/s,
  );
  deepEqual(broker.ops, ["attend", "check", "ack"]);
  const [attend, check, ack] = broker.asked;
  const { instance: _, ...said } = attend as AttendOperation;
  deepEqual(said, {
    op: "attend",
    client: "claude",
    directory: "/srv/shop",
    ancestors: [4711],
    activity: "working",
  });
  deepEqual(check, { op: "check", waitMs: 0, textBytes: limits.hookTextBytes });
  deepEqual(ack, { op: "ack", messages: [7, 8] });
});

Deno.test("hook takes directory and session from the environment where Claude tells them there", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued());
  const env = { CLAUDE_PROJECT_DIR: "/srv/all", CLAUDE_CODE_SESSION_ID: "s2" };
  await hook(bus, "claude SessionStart", { env });
  await hook(bus, "claude SessionStart", { env, stdin: input() });
  await hook(bus, "gemini SessionStart", { env });
  const shown = broker.asked.map((asked) => {
    const { directory, session } = asked as AttendOperation;
    return [directory, session];
  });
  deepEqual(shown, [["/srv/all", "s2"], ["/srv/all", "s1"], [bus.shop, undefined]]);
});

Deno.test("hook tells what its moment shows of the session", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued());
  for (const event of ["SessionStart", "BeforeAgent", "AfterTool", "AfterAgent"]) {
    deepEqual(await hook(bus, `gemini ${event}`), silence);
  }
  const shown = broker.asked.map((asked) => (asked as AttendOperation).activity);
  deepEqual(shown, [undefined, "working", "working", "idle"]);
});

Deno.test("hook at the end of a turn puts the end off for messages, and says that it goes on", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued("ship it"));
  const { stdout } = await hook(bus, "claude Stop");
  const { hookEventName, additionalContext } = JSON.parse(stdout).hookSpecificOutput;
  equal(hookEventName, "Stop");
  match(additionalContext, /> ship it$/);
  deepEqual(broker.ops, ["attend", "check", "ack", "attend"]);
  deepEqual(
    broker.asked.map((asked) => "activity" in asked && asked.activity),
    ["idle", false, false, "working"],
  );
});

Deno.test("hook does not put the end of a turn off again that goes on for a hook already", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued("ship it"));
  const options = { stdin: input({ stop_hook_active: true }) };
  deepEqual(await hook(bus, "claude Stop", options), silence);
  deepEqual(broker.ops, ["attend"]);
});

Deno.test("hook asks no more than whom it speaks for when nothing is queued", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued());
  deepEqual(await hook(bus, "claude Stop"), silence);
  deepEqual(broker.ops, ["attend"]);
});

Deno.test("hook leaves the messages to the session when an agent inside it called a tool", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued("ship it"));
  const options = { stdin: input({ agent_id: "a1", agent_type: "Explore" }) };
  deepEqual(await hook(bus, "claude PostToolUse", options), silence);
  deepEqual(broker.ops, []);
});

Deno.test("hook shows messages to a client that tells it nothing, or leaves the pipe open", async () => {
  await using bus = await HustingsProcess.create();
  for (const options of [{}, { stdin: "{" }, { stdin: input(), stdinStaysOpen: true }]) {
    const script = queued("ship it");
    await using _broker = await ScriptedBroker.start(bus, script);
    match((await hook(bus, "claude PostToolUse", options)).stdout, /ship it/);
  }
});

Deno.test("hook shows of a text that is too long for the client the beginning, once", async () => {
  const shown: [number, RegExp][] = [
    [9_000, /#7 from gemini-shop.* characters more: /],
    [100_000, /#7 from gemini-shop.*The beginning of 98 KiB; the whole text: .*message-7\.txt/],
  ];
  for (const [length, says] of shown) {
    await using bus = await HustingsProcess.create();
    await using broker = await ScriptedBroker.start(bus, queued("x".repeat(length)));
    const { stdout } = await hook(bus, "claude PostToolUse");
    ok(stdout.length <= limits.hookOutputBytes + 200, `${stdout.length} characters`);
    match(stdout, says);
    deepEqual(broker.ops, ["attend", "check", "ack"]);
  }
});

Deno.test("hook gives messages back when its client does not take them", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, queued("ship it"));
  const child = bus.start(["hook", "claude", "Stop"], { stdin: input() });
  await child.stdout.cancel();
  const { code } = await child.status;
  await child.stderr.cancel();
  equal(code, 0);
  deepEqual(broker.ops, ["attend", "check", "release"]);
});

Deno.test("hook asks once more with all its ancestors when its parent leads to no session", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, {
    ...queued("ship it"),
    attend: (operation) => {
      const { ancestors } = operation as AttendOperation;
      if (ancestors?.includes(Deno.ppid)) return { name: "gemini-shop", unread: 1 };
      return { error: { code: "not_joined", message: "no such session" } };
    },
  });
  const { stdout } = await hook(bus, "gemini AfterTool", { stdin: "{}" });
  match(stdout, /ship it/);
  const [first, second] = broker.asked as AttendOperation[];
  deepEqual(first!.ancestors, [Deno.pid]);
  deepEqual(second!.ancestors!.slice(0, 2), [Deno.pid, Deno.ppid]);
});

Deno.test("hook asks once more by conversation when Claude's process did not start its server itself", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, {
    ...queued("ship it"),
    attend: (operation) =>
      "session" in operation
        ? { name: "claude-shop", unread: 1 }
        : { error: { code: "not_joined", message: "no such session" } },
  });
  const options = { stdin: input(), env: { CLAUDE_PID: "4711" } };
  match((await hook(bus, "claude Stop", options)).stdout, /ship it/);
  deepEqual(broker.ops, ["attend", "attend", "check", "ack", "attend", "attend"]);
});

Deno.test("hook is silent, and makes nothing, where there never was a bus", async () => {
  await using bus = await HustingsProcess.create();
  deepEqual(await hook(bus, "claude Stop"), silence);
  deepEqual(entries(bus.root), ["shop"]);
  await Deno.mkdir(bus.home, { mode: 0o700 });
  deepEqual(await hook(bus, "claude Stop"), silence);
  deepEqual(entries(bus.home), []);
});

Deno.test("hook is silent, binds no port and becomes no broker, where the bus has nobody", async () => {
  await using bus = await HustingsProcess.create();
  await (await ScriptedBroker.start(bus, {})).leave();
  const before = entries(bus.home);
  deepEqual(await hook(bus, "claude Stop"), silence);
  deepEqual(entries(bus.home), before);
  Deno.listen({ hostname: "127.0.0.1", port: bus.port }).close();
});

Deno.test("hook is silent when its session is not on the bus", async () => {
  await using bus = await HustingsProcess.create();
  const attend = () => ({ error: { code: "not_joined", message: "no such session" } });
  await using broker = await ScriptedBroker.start(bus, { attend });
  deepEqual(await hook(bus, "claude Stop"), silence);
  ok(broker.ops.every((op) => op === "attend"));
});

Deno.test("hook is silent in time when who listens on the published port says nothing", async () => {
  await using bus = await HustingsProcess.create();
  await (await ScriptedBroker.start(bus, {})).leave();
  await using peer = new ScriptedPeer(bus.port, staysSilent);
  deepEqual(await hook(bus, "claude Stop"), silence);
  equal(peer.heard.length, 1);
});

Deno.test("hook finds the bus behind a silent program and a hint that is out of date", async () => {
  await using bus = await HustingsProcess.create();
  const script = queued("ship it");
  const place = { port: bus.port + 3, published: false };
  await using _broker = await ScriptedBroker.start(bus, script, place);
  const hint = { port: bus.port, pid: 1, epoch: 1 };
  writeEndpoint(`${bus.home}/endpoint.json`, hint);
  await using _peer = new ScriptedPeer(bus.port, staysSilent);
  match((await hook(bus, "claude Stop")).stdout, /ship it/);
});

Deno.test("hook ends without a word when the broker stops in the middle, or goes", async () => {
  await using bus = await HustingsProcess.create();
  for (const goes of [false, true]) {
    await using broker = await ScriptedBroker.start(bus, {
      attend: () => ({ name: "claude-shop", unread: 1 }),
    });
    const ended = hook(bus, "claude Stop");
    await broker.wasAsked("check");
    if (goes) await broker.leave();
    deepEqual(await ended, silence);
  }
});

Deno.test("hook of an unknown client or event says so in a line and is in nobody's way", async () => {
  await using bus = await HustingsProcess.create();
  for (const words of ["clippy Stop", "claude Jump", "claude"]) {
    const { code, stdout, stderr } = await hook(bus, words);
    deepEqual([code, stdout], [0, ""]);
    match(stderr, /^hustings hook: [^\n]+\n$/);
  }
});

Deno.test("hook without a client, and with --help, lists clients and events", async () => {
  await using bus = await HustingsProcess.create();
  for (const args of [["hook"], ["hook", "--help"], ["help", "hook"]]) {
    const { code, stdout } = await bus.run(args);
    equal(code, 0);
    match(stdout, /gemini {2}SessionStart, BeforeAgent, AfterTool, AfterAgent\n/);
  }
});
