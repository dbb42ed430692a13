// Takes pictures of the dashboard over a real bus with real members: `deno task web:pictures` writes those
// of the README into docs/; `--all DIR` takes every width in both themes, to be looked at.
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";
import { chromiumPath, openChromium } from "./chromium.ts";
import { DashboardProcess } from "./dashboard_process.ts";

type Theme = "light" | "dark";

const { values } = parseArgs({ args: Deno.args, options: { all: { type: "string" } } });
if (chromiumPath === undefined) {
  throw new Error("There is no Chromium: name one in HUSTINGS_CHROMIUM");
}

await using bus = await TemporaryBus.create();
const cast = await play(bus);
await using dashboard = await DashboardProcess.start(bus);
const browser = await openChromium();
try {
  if (values.all === undefined) await takeForReadme(browser);
  else await takeAll(browser, values.all);
} finally {
  await browser.close();
  await Promise.all(cast.map((agent) => agent.kill()));
}

/** Two agents in one repository and three elsewhere, what they say, and a broker that dies. */
async function play(bus: TemporaryBus): Promise<RawAgent[]> {
  const start = (client: string, place: string) =>
    RawAgent.start(bus, client, bus.directory(place));
  const first = await start("cursor-vscode", "docs");
  const claude = await start("claude-code", "shop");
  const gemini = await start("gemini-cli-mcp-client", "shop");
  const codex = await start("codex-mcp-client", "site");
  const opencode = await start("opencode", "infra");
  const tell = (agent: RawAgent, to: string[], text: string) => agent.call("send", { to, text });
  const answer = async (agent: RawAgent, text: string) => {
    const { messages } = await agent.call("check", {}) as { messages: { id: number }[] };
    await agent.call("send", { reply_to: messages.at(-1)!.id, text });
  };
  await tell(first, ["codex-site"], "The page about payments still names the old endpoint. Yours?");
  await answer(codex, "Mine. It is in the build that I push tonight.");
  await first.kill();
  await tell(codex, ["opencode-infra"], "May I have a preview of the site behind a password?");
  await answer(opencode, "preview.test, the password is in the vault under 'site'.");
  await opencode.kill();
  await tell(
    claude,
    ["gemini-shop"],
    "The tests of the cart fail since the change of prices:\n\n" +
      "    cart.test.ts:88  expected 19.90, got 19.91\n\nCan you look at round_price?",
  );
  await answer(
    gemini,
    "It rounds twice: once in the cart, once in the invoice. I take the first one out.",
  );
  await answer(claude, "Green again, thank you. I add a test for 3 × 6.635.");
  await answer(gemini, "Pushed as 4f1c2aa on main.");
  await claude.call("check", {});
  await tell(
    codex,
    ["*"],
    "In ten minutes I change the schema of the orders:\n\n" +
      "    alter table orders add column paid_at timestamp\n\nSay so if that comes at a bad time.",
  );
  await gemini.call("check", {});
  await tell(codex, ["windsurf-shop"], "Are you still at the search? I would take it over.");
  return [claude, gemini, codex];
}

async function takeForReadme(browser: Browser): Promise<void> {
  const docs = new URL("../../docs/", import.meta.url);
  await Deno.mkdir(docs, { recursive: true });
  for (const theme of ["light", "dark"] as const) {
    const page = await openPage(browser, 1560, 700, theme);
    await openConversation(page);
    const path = `${docs.pathname}dashboard-${theme}.png`;
    await page.screenshot({ path });
    say(`${path}: ${(await Deno.stat(path)).size} bytes`);
    await page.context().close();
  }
}

async function takeAll(browser: Browser, directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for (const theme of ["light", "dark"] as const) {
    for (const [width, height] of [[360, 740], [1280, 800], [2560, 1300]] as const) {
      const page = await openPage(browser, width, height, theme);
      const shoot = (name: string) =>
        page.screenshot({ path: `${directory}/${width}-${theme}-${name}.png` });
      await shoot("list");
      for (const key of ["1", "3", "2"]) {
        await page.keyboard.press(key);
        if (width === 360) await shoot(`tab-${key}`);
      }
      await openConversation(page);
      await shoot("thread");
      await page.keyboard.press("Escape");
      await page.keyboard.press("n");
      await page.getByRole("dialog").waitFor();
      await shoot("write");
      await page.context().close();
    }
  }
}

async function openPage(browser: Browser, width: number, height: number, theme: Theme) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => say(`In the page: ${error.message}`));
  page.on("console", (message) => say(`In the page: ${message.text()}`));
  await page.goto(dashboard.url);
  await page.getByRole("button", { name: /gemini-shop, codex-site|claude-shop/ }).first().waitFor();
  await page.getByText("are well").first().waitFor({ state: "attached" });
  return page;
}

async function openConversation(page: Page): Promise<void> {
  await page.locator(".thread-row", { hasText: "4f1c2aa" }).click();
  await page.getByText("Pushed as").last().waitFor();
}
