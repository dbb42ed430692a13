import { type Browser, chromium } from "playwright-core";

/** Where Chromium lies on the usual systems. */
const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser that the tests drive: `HUSTINGS_CHROMIUM`, or one in a usual place; undefined without one. */
export const chromiumPath = Deno.env.get("HUSTINGS_CHROMIUM") ?? usual.find(isFile);

/** `title`, with why the test is skipped where there is no browser. */
export function inBrowser(title: string): string {
  return chromiumPath === undefined
    ? `${title} (skipped: no Chromium, see HUSTINGS_CHROMIUM)`
    : title;
}

/** Starts the browser without a window; root has to do without its sandbox. */
export async function openChromium(): Promise<Browser> {
  const args = Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--no-sandbox"] : [];
  // Its shared memory is small in containers.
  const options = { args: [...args, "--disable-dev-shm-usage"], headless: true };
  return await chromium.launch({ executablePath: chromiumPath!, ...options });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
