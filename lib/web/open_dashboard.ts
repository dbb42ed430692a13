import { agentDirectory } from "../agents/agent_directory.ts";
import { findRepository, readBranch } from "../agents/find_repository.ts";
import { openView } from "../bus/open_view.ts";
import { examine } from "../cli/doctor/examine.ts";
import type { ExitCode } from "../cli/exit_codes.ts";
import { expectWords, wholeOption } from "../cli/option_values.ts";
import { plainJson } from "../cli/plain_text.ts";
import { prose, writeOut } from "../cli/terminal.ts";
import type { Call } from "../cli/verb.ts";
import { onFarewell } from "../member/on_farewell.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import { DashboardServer } from "./dashboard_server.ts";
import { FindingsDesk } from "./findings_desk.ts";
import { openBrowser } from "./open_browser.ts";
import { Person } from "./person.ts";
import { webLimits } from "./web_limits.ts";

/**
 * Serves the dashboard until a signal ends this process, and opens a browser on it where one can be
 * seen and nobody said not to. Rejects where the port cannot be had.
 */
export async function openDashboard(call: Call): Promise<ExitCode> {
  expectWords(call, "dashboard", 0);
  const port = wholeOption(call, "port", 1, 65_535) ?? 0;
  const key = systemRandom.bytes(webLimits.keyBytes).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const bus = openView();
  const person = new Person({ openBus: openView, place: ownPlace(), clock: systemClock });
  const findings = new FindingsDesk(examine, systemClock);
  const desk = { bus, person, findings, clock: systemClock };
  const server = await DashboardServer.start({ ...desk, key, port });
  const leaving = new AbortController();
  onFarewell(async () => {
    leaving.abort();
    await Promise.all([server.close(), person.leave(), bus.leave()]);
  });
  const url = `http://127.0.0.1:${server.port}/#${key}`;
  await writeOut(call.json ? `${plainJson({ url })}\n` : words(url));
  if (call.values["no-open"] !== true && Deno.stdout.isTerminal()) {
    await openBrowser(url, leaving.signal);
  }
  return await new Promise<never>(() => {});
}

function words(url: string): string {
  const more =
    "Whoever has this link can read and write on the bus: keep it to yourself. Ctrl-C ends it.";
  return `The dashboard: ${url}\n${prose(more)}\n`;
}

/** Where the person is: in the room of the repository, as the agents that work there. */
function ownPlace() {
  const directory = agentDirectory("person");
  const repository = findRepository(directory);
  const branch = repository && readBranch(repository.head);
  return {
    directory,
    ...(repository === undefined ? {} : { repository: repository.directory }),
    ...(branch === undefined ? {} : { branch }),
  };
}
