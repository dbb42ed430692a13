import { pathToFileURL } from "node:url";
import { systemClock } from "../member/system_clock.ts";
import { webLimits } from "./web_limits.ts";

/** What opens a page in the user's browser; undefined where there is no screen to open it on. */
function opener(os: typeof Deno.build.os): readonly string[] | undefined {
  if (os === "darwin") return ["open"];
  if (os === "windows") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasScreen = Deno.env.get("DISPLAY") || Deno.env.get("WAYLAND_DISPLAY");
  return hasScreen ? ["xdg-open"] : undefined;
}

/**
 * Opens `url` in the user's browser, as far as there is one: its link was printed in any case. What a
 * program is started with can be read by every user of the machine: so it is started with a file that
 * is the user's own, and that leads on to the link.
 */
export async function openBrowser(url: string, leaving: AbortSignal): Promise<void> {
  const words = opener(Deno.build.os);
  if (words === undefined) return;
  const [command, ...args] = words;
  const doorstep = await Deno.makeTempFile({ prefix: "hustings-", suffix: ".html" });
  await Deno.writeTextFile(doorstep, leadingTo(url));
  // Not in the background: the program may end in the same moment.
  const remove = () => {
    try {
      Deno.removeSync(doorstep);
    } catch {
      // It was removed already.
    }
  };
  systemClock.after(webLimits.doorstepMs, remove);
  leaving.addEventListener("abort", remove);
  try {
    const options = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const path = pathToFileURL(doorstep).href;
    new Deno.Command(command!, { ...options, args: [...args, path] }).spawn().unref();
  } catch {
    // There is no such command: the link is on the screen.
  }
}

function leadingTo(url: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Hustings</title>
<meta http-equiv="refresh" content="0; url=${url}"><a href="${url}">The dashboard</a>\n`;
}
