import { carryOutUninstall } from "../../agents/install/carry_out.ts";
import { planUninstall } from "../../agents/install/plan_uninstall.ts";
import { plainJson, plainLine } from "../plain_text.ts";
import { writeOut } from "../terminal.ts";
import type { Call } from "../verb.ts";
import { planDiff, planJson, planLine } from "./plan_view.ts";
import { namedClients, openWorkshop, titleOf } from "./workshop.ts";

/**
 * Takes out what is in the clients that the call names, or in all. Rejects with `bad_request` before
 * anything is written where one file of them cannot be changed.
 */
export async function runUninstall(call: Call): Promise<void> {
  const { disk, places, record, state } = openWorkshop();
  const chosen = call.words.length > 0 ? namedClients(places, call.words) : places;
  const levels = call.values["project"] === true ? ["project"] as const : ["user"] as const;
  const plans = chosen.map((client) => ({
    title: titleOf(client),
    client: client.client,
    files: planUninstall(disk, record, client, levels),
  })).filter(({ files }) => files.length > 0);
  const dryRun = call.values["dry-run"] === true;
  if (!dryRun) { for (const { files } of plans) carryOutUninstall(disk, record, files); }
  if (!dryRun && plans.length > 0) disk.removeEmptyDirectory(state.path);
  const messages = disk.exists(state.path) ? state.path : null;
  if (call.json) {
    const clients = plans.map(({ client, files }) => ({
      client,
      files: files.map((file) => ({ ...planJson(file, dryRun), backup: undefined })),
    }));
    await writeOut(`${plainJson({ dryRun, clients, messages })}\n`);
  } else if (plans.length === 0) {
    const where = call.words.length > 0 ? `of ${call.words.join(", ")}` : "of any client here";
    await writeOut(`There is nothing of hustings in the configuration ${plainLine(where)}.\n`);
  } else if (dryRun) {
    await writeOut(plans.flatMap(({ files }) => files.map(planDiff)).join(""));
  } else {
    const lines = plans.map(({ title, files }) => `${title}\n${files.map(planLine).join("")}`);
    await writeOut(`${lines.join("")}\n${farewell(messages)}`);
  }
}

function farewell(messages: string | null): string {
  const running = "Sessions that run keep their server until they end.\n";
  if (messages === null) return running;
  return `${running}Messages and secret stay in ${
    plainLine(messages)
  }: remove that directory, when no agent ` +
    "runs, to forget them.\n";
}
