import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { type RawAgent, ToolFailure } from "../support/raw_agent.ts";
import { BrowserBench, messageOf, threadRow } from "./browser_bench.ts";
import { chromiumPath, inBrowser } from "./chromium.ts";

// The page in a real browser, over real processes.

function testInBrowser(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: inBrowser(name), ignore: chromiumPath === undefined, fn });
}

/** The texts that a check brings. */
async function textsFor(agent: RawAgent): Promise<string[]> {
  const { messages } = await agent.call("check", {}) as { messages?: { text: string }[] };
  return (messages ?? []).map(({ text }) => text);
}

testInBrowser(
  "agents, messages and what becomes of them appear on the page as they come",
  async () => {
    await using bench = await BrowserBench.start();
    const page = await bench.open();
    await page.getByText("Looking for the bus").waitFor();
    const claude = await bench.agent("claude-code", "shop");
    await page.getByRole("button", { name: /claude-shop/ }).waitFor();
    const gemini = await bench.agent("gemini-cli-mcp-client", "site");
    await page.getByRole("button", { name: /gemini-site/ }).waitFor();
    await claude.call("send", { to: ["gemini-site"], text: "Is the build green?" });
    await threadRow(page, "Is the build green?").getByText("accepted").waitFor();
    await textsFor(gemini);
    await threadRow(page, "Is the build green?").getByText("read").waitFor();
    await gemini.call("send", { reply_to: 1, text: "It is." });
    await threadRow(page, "It is.").click();
    await messageOf(page, "Is the build green?").getByText("answered", { exact: true }).waitFor();
    await gemini.kill();
    await page.getByText("away, left just now").waitFor();
    assert.deepEqual(bench.complaints, []);
  },
);

testInBrowser(
  "the page follows the next broker without being loaded again when the broker is killed",
  async () => {
    await using bench = await BrowserBench.start();
    const broker = await bench.agent("claude-code", "shop");
    const next = await bench.agent("codex-mcp-client", "site");
    const page = await bench.open();
    await page.getByText("claude-shop is the broker, epoch 1").waitFor();
    await page.evaluate("window.sameDocument = true");
    await broker.kill();
    await page.getByText("codex-site is the broker, epoch 2").waitFor();
    await next.call("send", { to: ["claude-shop"], text: "You are gone" });
    await threadRow(page, "You are gone").waitFor();
    await page.getByText("Epoch 1", { exact: true }).waitFor();
    assert.equal(await page.evaluate("window.sameDocument"), true);
  },
);

testInBrowser(
  "a person's message reaches an agent, and its answer comes back and is read when it is shown",
  async () => {
    await using bench = await BrowserBench.start();
    const agent = await bench.agent("claude-code", "shop");
    const page = await bench.open();
    await page.getByRole("button", { name: "New message" }).click();
    await page.getByLabel("Your name on the bus").fill("ada lovelace");
    await page.getByLabel("To", { exact: true }).fill("claude-shop");
    await page.getByLabel("Text").fill("How far are you?");
    await page.getByRole("button", { name: "Send" }).click();
    // What the bus says to such a name is shown as it is.
    await page.getByText("1 to 32").waitFor();
    await page.getByLabel("Your name on the bus").fill("ada");
    await page.getByLabel("Text").press("Control+Enter");
    await page.getByText("You write as ada").waitFor();
    assert.deepEqual(await textsFor(agent), ["How far are you?"]);
    await agent.call("send", { reply_to: 1, text: "Half way." });
    await messageOf(page, "Half way.").getByText("read", { exact: true }).waitFor();
    await page.getByLabel("Answer to claude-shop").fill("Good.");
    await page.getByLabel("Answer to claude-shop").press("Control+Enter");
    await page.getByText("#3 is on disk. claude-shop:").waitFor();
    assert.deepEqual(await textsFor(agent), ["Good."]);
    // Another window of the same dashboard is the same person's.
    const other = await bench.open();
    await other.getByText("ada", { exact: true }).first().waitFor();
  },
);

testInBrowser("a message to a person stays unread until its conversation is opened", async () => {
  await using bench = await BrowserBench.start();
  const agent = await bench.agent("claude-code", "shop");
  const page = await bench.open();
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByLabel("Your name on the bus").fill("ada");
  await page.getByLabel("To", { exact: true }).fill("claude-shop");
  await page.getByLabel("Text").fill("Tell me when it is done");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("You write as ada").waitFor();
  await page.keyboard.press("Escape");
  await agent.call("send", { to: ["ada"], text: "It is done" });
  await threadRow(page, "It is done").getByText("handed").waitFor();
  await threadRow(page, "It is done").getByText("for you").waitFor();
  assert.equal(await page.title(), "(1) Hustings");
  await page.getByRole("button", { name: "1 for you" }).click();
  await messageOf(page, "It is done").getByText("read", { exact: true }).waitFor();
});

testInBrowser(
  "a person pauses an agent and stops a conversation on the page, and resumes both",
  async () => {
    await using bench = await BrowserBench.start();
    const claude = await bench.agent("claude-code", "shop");
    const gemini = await bench.agent("gemini-cli-mcp-client", "site");
    const page = await bench.open();
    await page.getByRole("button", { name: /gemini-site/ }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.locator(".agent", { hasText: "gemini-site" }).getByText("paused").waitFor();
    await claude.call("send", { to: ["gemini-site"], text: "Hello" });
    assert.deepEqual(await textsFor(gemini), []);
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByText("Delivery to gemini-site is resumed").waitFor();
    assert.deepEqual(await textsFor(gemini), ["Hello"]);
    await threadRow(page, "Hello").click();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("Stopped: agents cannot answer here").waitFor();
    await assert.rejects(gemini.call("send", { reply_to: 1, text: "Hello!" }), ToolFailure);
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
    await gemini.call("send", { reply_to: 1, text: "Hello!" });
    await messageOf(page, "Hello!").waitFor();
  },
);

testInBrowser("hostile text stays text wherever the page shows it", async () => {
  await using bench = await BrowserBench.start();
  const place = "<img src=x onerror=hit()>";
  const agent = await bench.agent("claude-code", place.replaceAll("/", ""));
  const page = await bench.open();
  await page.evaluate("window.hits = 0; window.hit = () => { hits += 1 }");
  const evil = [
    "<script>hit()</script><img src=x onerror='hit()'><svg onload=hit()>",
    "javascript:hit() {{7*7}} ${7*7} </p></article><h1>I am a heading</h1>",
    "\u202Egnp.exe \u001b[31mred\u0000 \u2066isolate \ud83d\ude42\u200d",
  ].join("\n");
  await agent.call("send", { to: ["nobody-yet"], text: evil });
  await threadRow(page, "<script>hit()").click();
  const text = await messageOf(page, "I am a heading").locator(".text").textContent() ?? "";
  assert.ok(text.includes("<img src=x onerror='hit()'>") && text.includes("<U+202E>gnp.exe"));
  assert.ok(text.includes("\u241b[31mred\u2400 <U+2066>isolate \ud83d\ude42\u200d"));
  await page.getByLabel("Search all messages").fill("<script>");
  await page.locator("mark", { hasText: "<script>" }).waitFor();
  await page.locator(".agent .pick").first().click();
  await page.locator("dd", { hasText: place.replaceAll("/", "") }).waitFor();
  assert.equal(await page.locator("img, script:not([src]), article h1, svg[onload]").count(), 0);
  assert.equal(await page.evaluate("hits"), 0);
  assert.deepEqual(bench.complaints, []);
});

testInBrowser(
  "the page shows nothing without the key of this run, and keeps the key out of its address",
  async () => {
    await using bench = await BrowserBench.start();
    await bench.agent("claude-code", "shop");
    for (const url of [bench.dashboard.origin, `${bench.dashboard.origin}/#${"x".repeat(43)}`]) {
      const page = await bench.open({ url });
      await page.getByText("This page opens with the link").waitFor();
      assert.equal(await page.getByText("claude-shop").count(), 0);
    }
    const page = await bench.open();
    await page.getByRole("button", { name: /claude-shop/ }).waitFor();
    assert.equal(page.url(), `${bench.dashboard.origin}/`);
    await page.reload();
    await page.getByRole("button", { name: /claude-shop/ }).waitFor();
  },
);

/** What has the focus, in a word. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(
    "document.activeElement.id || document.activeElement.name || document.activeElement.innerText",
  ) as string;
}

testInBrowser("all of the page is reached by keys", async () => {
  await using bench = await BrowserBench.start();
  const agent = await bench.agent("claude-code", "shop");
  for (const word of ["one", "two", "three"]) {
    await agent.call("send", { to: ["bob"], text: `message ${word}` });
  }
  const page = await bench.open();
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  await threadRow(page, "message three").waitFor();
  await press("Tab");
  assert.equal(await focused(page), "Skip to the conversations");
  await press("Enter", "/");
  assert.equal(await focused(page), "search");
  await press("Tab");
  assert.match(await focused(page), /message three/);
  await press("ArrowDown");
  await page.locator(":focus", { hasText: "message two" }).waitFor();
  await press("End");
  await page.locator(":focus", { hasText: "message one" }).waitFor();
  await press("Enter");
  await messageOf(page, "message one").waitFor();
  await press("k");
  await messageOf(page, "message two").waitFor();
  await press("r");
  assert.equal(await focused(page), "answer");
  await press("Escape");
  await messageOf(page, "message two").waitFor({ state: "detached" });
  await press("n");
  await page.getByRole("dialog", { name: "New message" }).waitFor();
  assert.equal(await focused(page), "person");
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await press("?");
  await page.getByRole("dialog", { name: "Keys and words" }).waitFor();
  await page.getByLabel("Heed these keys").uncheck();
  await press("Escape", "n");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

/** What axe finds on the page as it is. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)
  );
}

/** How the page is looked at, and in which of its states: each state at all widths would take a minute. */
const looks: readonly (readonly ["light" | "dark", number, readonly string[]])[] = [
  ["light", 1280, ["list", "thread", "dialog"]],
  ["dark", 1280, ["list", "thread"]],
  ["light", 360, ["thread"]],
  ["dark", 360, ["bus", "dialog"]],
  ["dark", 2560, ["thread"]],
];

/** Brings the page into each of its states. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  list: (page) => page.getByText("are well").waitFor({ state: "attached" }),
  thread: async (page) => {
    await threadRow(page, "Seen").click();
    await messageOf(page, "Seen").waitFor();
  },
  bus: async (page) => {
    await page.keyboard.press("3");
    await page.getByText("are well").waitFor();
  },
  dialog: async (page) => {
    await page.keyboard.press("n");
    await page.getByRole("dialog").waitFor();
  },
};

testInBrowser(
  "the page can be used by everybody, in both themes, from 360 to 2560 pixels",
  async () => {
    await using bench = await BrowserBench.start();
    const claude = await bench.agent("claude-code", "shop");
    const gemini = await bench.agent("gemini-cli-mcp-client", "site");
    await claude.call("send", { to: ["*", "nobody-yet"], text: `A long word: ${"x".repeat(600)}` });
    await textsFor(gemini);
    await gemini.call("send", { reply_to: 1, text: "Seen" });
    for (const [theme, width, named] of looks) {
      const page = await bench.open({ width, height: 900, theme });
      await threadRow(page, "Seen").waitFor();
      for (const name of named) {
        await states[name]!(page);
        const where = `${name}, ${theme}, ${width}`;
        assert.deepEqual(await findings(page), [], where);
        const shown = await page.evaluate("document.documentElement.scrollWidth");
        assert.equal(shown, width, where);
      }
      await page.context().close();
    }
  },
);
