import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { BusSnapshot } from "../../lib/core/bus_events.ts";
import { type RawAgent, ToolFailure } from "../support/raw_agent.ts";
import { agentRow, BrowserBench, messageOf, threadRow } from "./browser_bench.ts";
import { chromiumPath, inBrowser } from "./chromium.ts";

// The page in a real browser, over real processes. What does not harm the others shares one bus: to
// start four programs for each would take longer than all that is looked at.

interface Scene {
  readonly bench: BrowserBench;
  /** In the directory `shop`. */
  readonly claude: RawAgent;
  /** In the directory `site`. */
  readonly gemini: RawAgent;
}

/** The texts that a check brings. */
async function textsFor(agent: RawAgent): Promise<string[]> {
  const { messages } = await agent.call("check", {}) as { messages?: { text: string }[] };
  return (messages ?? []).map(({ text }) => text);
}

async function sent(agent: RawAgent, message: Record<string, unknown>): Promise<number> {
  return (await agent.call("send", message))["id"] as number;
}

/** Chooses `ada` as the person's name and sends the first message to an agent. */
async function writeAsAda(page: Page, to: string, text: string): Promise<void> {
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("dialog").waitFor();
  const name = page.getByLabel("Your name on the bus");
  // Another window of the dashboard may have chosen it.
  if (await name.count() > 0) await name.fill("ada");
  await page.getByLabel("To", { exact: true }).fill(to);
  await page.getByLabel("Text").fill(text);
  await page.getByLabel("Text").press("Control+Enter");
  await messageOf(page, text).waitFor();
}

/** A bus whose only broker is gone, as it was. */
const oneReign = {
  list: { members: [], unclaimed: [] },
  status: {
    ...{ me: "", membersHere: 1, membersAway: 0, accepted: 0, handed: 0, storeBytes: 1, home: "/" },
    broker: { name: "eve-shop", pid: 1, port: 1, epoch: 5, sinceMs: 1, version: "1" },
  },
  reigns: [],
  paused: { everyone: false, names: [] },
  stopped: [],
} satisfies BusSnapshot;

const steps: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "a person's message reaches an agent, and its answer comes back and is read when it is shown":
    async ({ bench, claude }) => {
      const page = await bench.open();
      await page.getByRole("button", { name: "New message" }).click();
      await page.getByLabel("Your name on the bus").fill("ada lovelace");
      await page.getByLabel("To", { exact: true }).fill("claude-shop");
      await page.getByLabel("Text").fill("How far are you?");
      await page.getByRole("button", { name: "Send" }).click();
      // What the bus says to such a name is shown as it is.
      await page.getByText("1 to 32").waitFor();
      await page.keyboard.press("Escape");
      await writeAsAda(page, "claude-shop", "How far are you?");
      assert.deepEqual(await textsFor(claude), ["How far are you?"]);
      const asked = await lastIdOf(page);
      await claude.call("send", { reply_to: asked, text: "Half way." });
      await messageOf(page, "Half way.").getByText("read", { exact: true }).waitFor();
      await page.getByLabel("Answer to claude-shop").fill("Good.");
      await page.getByLabel("Answer to claude-shop").press("Control+Enter");
      await page.getByText("is on disk. claude-shop:").waitFor();
      assert.deepEqual(await textsFor(claude), ["Good."]);
      // Another window of the same dashboard is the same person's.
      const other = await bench.open();
      await other.locator(".you", { hasText: "ada" }).waitFor();
    },
  "a message to a person stays unread until its conversation is opened": async (scene) => {
    const page = await scene.bench.open();
    await writeAsAda(page, "claude-shop", "Tell me when it is done");
    await textsFor(scene.claude);
    await page.keyboard.press("Escape");
    await scene.claude.call("send", { to: ["ada"], text: "It is done" });
    await threadRow(page, "It is done").getByText("handed").waitFor();
    await threadRow(page, "It is done").getByText("for you").waitFor();
    await page.waitForFunction('document.title === "(1) Hustings"');
    await page.getByRole("button", { name: "1 for you" }).click();
    await messageOf(page, "It is done").getByText("read", { exact: true }).waitFor();
  },
  "a person pauses an agent and stops a conversation on the page, and resumes both": async (
    { bench, claude, gemini },
  ) => {
    const page = await bench.open();
    await agentRow(page, "gemini-site").getByRole("button").click();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await agentRow(page, "gemini-site").getByText("paused").waitFor();
    const hello = await sent(claude, { to: ["gemini-site"], text: "Hello" });
    assert.deepEqual(await textsFor(gemini), []);
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByText("Delivery to gemini-site is resumed").waitFor();
    assert.deepEqual(await textsFor(gemini), ["Hello"]);
    await threadRow(page, "Hello").click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("Stopped: agents cannot answer here").waitFor();
    await assert.rejects(gemini.call("send", { reply_to: hello, text: "Hello!" }), ToolFailure);
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
    await gemini.call("send", { reply_to: hello, text: "Hello!" });
    await messageOf(page, "Hello!").waitFor();
    await textsFor(claude);
  },
  "hostile text stays text wherever the page shows it": async ({ bench, claude }) => {
    const page = await bench.open();
    await page.evaluate("window.hits = 0; window.hit = () => { hits += 1 }");
    const evil = [
      "<script>hit()</script><img src=x onerror='hit()'><svg onload=hit()>",
      "javascript:hit() {{7*7}} ${7*7} </p></article><h1>I am a heading</h1>",
      "\u202Egnp.exe \u001b[31mred\u0000 \u2066isolate \ud83d\ude42\u200d",
    ].join("\n");
    await claude.call("send", { to: ["nobody-yet"], text: evil });
    await threadRow(page, "<script>hit()").click();
    const text = await messageOf(page, "I am a heading").locator(".text").textContent() ?? "";
    assert.ok(text.includes("<img src=x onerror='hit()'>") && text.includes("<U+202E>gnp.exe"));
    assert.ok(text.includes("\u241b[31mred\u2400 <U+2066>isolate \ud83d\ude42\u200d"));
    await page.getByLabel("Search all messages").fill("<script>");
    await page.locator("mark", { hasText: "<script>" }).waitFor();
    assert.equal(await page.locator("img, script:not([src]), article h1, svg[onload]").count(), 0);
    assert.equal(await page.evaluate("hits"), 0);
  },
  "the page shows nothing without the key of this run, and keeps the key out of its address":
    async ({ bench }) => {
      for (const url of [bench.dashboard.origin, `${bench.dashboard.origin}/#${"x".repeat(43)}`]) {
        const stranger = await bench.open({ url, mayComplain: true });
        await stranger.getByText("This page opens with the link").waitFor();
        assert.equal(await stranger.getByText("claude-shop").count(), 0);
      }
      const page = await bench.open();
      await agentRow(page, "claude-shop").waitFor();
      assert.equal(page.url(), `${bench.dashboard.origin}/`);
      await page.reload();
      await agentRow(page, "claude-shop").waitFor();
    },
  "the page says who was the broker, and what is wrong, when there is none": async ({ bench }) => {
    const page = await bench.open({ url: bench.dashboard.origin });
    const message = "No broker could be reached";
    const told = [["observed", { cursor: "1", events: [], snapshot: oneReign }], [
      "trouble",
      { code: "bus_down", message },
    ]].map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const contentType = "text/event-stream";
    await page.route(
      "**/api/events",
      (route) => route.fulfill({ contentType, body: told.join("") }),
    );
    await page.goto(`${bench.dashboard.url}`);
    await page.reload();
    await page.getByText("eve-shop was the last broker, epoch 5").waitFor();
    await page.getByRole("alert").getByText(message).waitFor();
    await page.getByText("Last broker", { exact: true }).waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
  },
  "all of the page is reached by keys": async ({ bench, claude }) => {
    for (const word of ["one", "two", "three"]) {
      await claude.call("send", { to: ["bob"], text: `message ${word}` });
    }
    const page = await bench.open();
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    const focus = (words: string) => page.locator(":focus", { hasText: words }).waitFor();
    await threadRow(page, "message three").waitFor();
    await press("Tab");
    await focus("Skip to the conversations");
    await press("Enter", "/");
    await page.locator("#search:focus").waitFor();
    await press("Tab");
    await focus("message three");
    await press("ArrowDown");
    await focus("message two");
    await press("End");
    await page.locator(".row:last-child .pick:focus").waitFor();
    await press("Home");
    await focus("message three");
    await press("Enter");
    await messageOf(page, "message three").waitFor();
    await press("j");
    await messageOf(page, "message two").waitFor();
    await press("r");
    await page.locator("#answer:focus").waitFor();
    await press("Escape");
    await messageOf(page, "message two").waitFor({ state: "detached" });
    await press("n");
    await page.getByRole("dialog", { name: "New message" }).locator("input:focus").waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press("?");
    await page.getByRole("dialog", { name: "Keys and words" }).waitFor();
    await page.getByLabel("Heed these keys").uncheck();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press("n");
    // What a key does is there two frames later.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    assert.equal(await page.getByRole("dialog").count(), 0);
  },
  "the page can be used by everybody, in both themes, from 360 to 2560 pixels": async (
    { bench, claude, gemini },
  ) => {
    const long = `A long word: ${"x".repeat(600)}`;
    const asked = await sent(claude, { to: ["*", "nobody-yet"], text: long });
    await textsFor(gemini);
    await gemini.call("send", { reply_to: asked, text: "Seen" });
    const page = await bench.open();
    for (const [theme, width, named] of looks) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      for (const name of named) {
        await states[name]!(page);
        const where = `${name}, ${theme}, ${width}`;
        assert.deepEqual(await violations(page), [], where);
        const shown = await page.evaluate("document.documentElement.scrollWidth");
        assert.equal(shown, width, where);
      }
    }
  },
};

/** The number of the last message of the open conversation. */
async function lastIdOf(page: Page): Promise<number> {
  const label = await page.locator("article").last().getAttribute("aria-label");
  return Number(label?.replace("Message ", ""));
}

/** How the page is looked at, and in which of its states: each state at all widths would take a minute. */
const looks: readonly (readonly ["light" | "dark", number, readonly string[]])[] = [
  ["light", 1280, ["list", "thread", "dialog"]],
  ["dark", 1280, ["list", "thread"]],
  ["light", 360, ["thread"]],
  ["dark", 360, ["bus", "dialog"]],
  ["dark", 2560, ["thread"]],
];

/** Brings the page into each of its states, from any other. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  list: async (page) => {
    await closeAll(page);
    await page.keyboard.press("2");
    await threadRow(page, "Seen").waitFor();
    await page.getByText("are well").waitFor({ state: "attached" });
  },
  thread: async (page) => {
    await closeAll(page);
    await page.keyboard.press("2");
    await threadRow(page, "Seen").click();
    await messageOf(page, "Seen").waitFor();
  },
  bus: async (page) => {
    await closeAll(page);
    await page.keyboard.press("3");
    await page.getByText("are well").waitFor();
  },
  dialog: async (page) => {
    await page.keyboard.press("n");
    await page.getByRole("dialog").waitFor();
  },
};

async function closeAll(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** What axe finds on the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)
  );
}

Deno.test({
  name: inBrowser("agents, messages and what becomes of them appear on the page as they come"),
  ignore: chromiumPath === undefined,
  fn: async (test) => {
    await using bench = await BrowserBench.start();
    const page = await bench.open();
    await page.getByText("Looking for the bus").waitFor();
    const claude = await bench.agent("claude-code", "shop");
    await agentRow(page, "claude-shop").waitFor();
    const gemini = await bench.agent("gemini-cli-mcp-client", "site");
    await agentRow(page, "gemini-site").waitFor();
    const asked = await sent(claude, { to: ["gemini-site"], text: "Is the build green?" });
    await threadRow(page, "Is the build green?").getByText("accepted").waitFor();
    await textsFor(gemini);
    await threadRow(page, "Is the build green?").getByText("read").waitFor();
    await gemini.call("send", { reply_to: asked, text: "It is." });
    await threadRow(page, "It is.").click();
    await messageOf(page, "Is the build green?").getByText("answered", { exact: true }).waitFor();
    await textsFor(claude);
    for (const [name, step] of Object.entries(steps)) {
      await test.step(name, async () => {
        await step({ bench, claude, gemini });
        await bench.closePages();
        assert.deepEqual(bench.complaints, []);
      });
    }
  },
});

Deno.test({
  name: inBrowser("the page follows the next broker without being loaded again when it is killed"),
  ignore: chromiumPath === undefined,
  fn: async () => {
    await using bench = await BrowserBench.start();
    const broker = await bench.agent("claude-code", "shop");
    const next = await bench.agent("codex-mcp-client", "site");
    const page = await bench.open();
    await page.getByText("claude-shop is the broker, epoch 1").waitFor();
    await page.evaluate("window.sameDocument = true");
    await broker.kill();
    await page.getByText("codex-site is the broker, epoch 2").waitFor();
    await page.getByText("away, left just now").waitFor();
    await next.call("send", { to: ["claude-shop"], text: "You are gone" });
    await threadRow(page, "You are gone").waitFor();
    await page.getByText("Epoch 1", { exact: true }).waitFor();
    assert.equal(await page.evaluate("window.sameDocument"), true);
    assert.deepEqual(bench.complaints, []);
  },
});
