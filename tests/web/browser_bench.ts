import type { Browser, BrowserContext, Page } from "playwright-core";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { openChromium } from "./chromium.ts";
import { DashboardProcess } from "./dashboard_process.ts";

/** How long something on the page is waited for: a busy machine takes seconds for what is there in one. */
const patienceMs = 20_000;

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly url?: string;
  /** It is expected to have something to say on its console. */
  readonly mayComplain?: boolean;
}

/** A bus, a dashboard and a browser of real processes: `await using` ends them all. */
export class BrowserBench implements AsyncDisposable {
  readonly bus: TemporaryBus;
  readonly dashboard: DashboardProcess;
  readonly browser: Browser;
  /** What pages said on their consoles, or threw. */
  readonly complaints: string[] = [];
  readonly #agents: RawAgent[] = [];
  readonly #contexts: BrowserContext[] = [];

  private constructor(bus: TemporaryBus, dashboard: DashboardProcess, browser: Browser) {
    this.bus = bus;
    this.dashboard = dashboard;
    this.browser = browser;
  }

  static async start(): Promise<BrowserBench> {
    const bus = await TemporaryBus.create();
    const [dashboard, browser] = await Promise.all([DashboardProcess.start(bus), openChromium()]);
    return new BrowserBench(bus, dashboard, browser);
  }

  /** Starts an agent of an AI client in a directory of its own. */
  async agent(client: string, directory: string): Promise<RawAgent> {
    const agent = await RawAgent.start(this.bus, client, this.bus.directory(directory));
    this.#agents.push(agent);
    return agent;
  }

  /** Opens the dashboard's link in a window of its own. */
  async open(options: PageOptions = {}): Promise<Page> {
    const { width = 1280, height = 800, theme = "light", url = this.dashboard.url } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: "reduce",
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    if (options.mayComplain !== true) {
      page.on("pageerror", (error) => this.complaints.push(error.message));
      page.on("console", (message) => this.#hear(message.text()));
    }
    await page.goto(url);
    return page;
  }

  /** That something was refused is shown on the page, and the browser says it once more. */
  #hear(text: string): void {
    if (!text.startsWith("Failed to load resource")) this.complaints.push(text);
  }

  /** Closes every window. */
  async closePages(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closePages();
    await this.browser.close();
    await Promise.all(this.#agents.map((agent) => agent.kill()));
    await this.dashboard[Symbol.asyncDispose]();
    await this.bus[Symbol.asyncDispose]();
  }
}

/** What the page shows of an agent. */
export function agentRow(page: Page, name: string) {
  return page.locator(".agent", { hasText: name });
}

/** The row of a conversation that says `words`. */
export function threadRow(page: Page, words: string) {
  return page.locator(".thread-row", { hasText: words });
}

/** The message of the open conversation that says `words`. */
export function messageOf(page: Page, words: string) {
  return page.locator("article", { hasText: words });
}
