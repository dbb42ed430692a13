import { carryOutInstall } from "../../agents/install/carry_out.ts";
import type { ClientPlaces } from "../../agents/install/client_places.ts";
import { planInstall } from "../../agents/install/plan_install.ts";
import type { InstallOptions } from "../../agents/install/plan_install.ts";
import { changeOf } from "../../agents/install/planned_file.ts";
import type { PlannedFile } from "../../agents/install/planned_file.ts";
import { presentClients } from "../../agents/install/present_clients.ts";
import { HustingsError } from "../../core/errors.ts";
import { networkFileSystem } from "../../member/network_file_system.ts";
import { openStateDirectory } from "../../member/state_directory.ts";
import { ownCommand } from "../own_command.ts";
import { plainJson } from "../plain_text.ts";
import { writeOut } from "../terminal.ts";
import type { Call } from "../verb.ts";
import { nextSteps } from "./next_steps.ts";
import { planDiff, planJson, planLine } from "./plan_view.ts";
import { namedClients, openWorkshop, titleOf } from "./workshop.ts";
import type { Workshop } from "./workshop.ts";

/** What is to happen with one client. */
interface ClientPlan {
  readonly places: ClientPlaces;
  readonly files: readonly PlannedFile[];
}

/**
 * Installs into the clients that the call names, or that are there. False where none is, or the user says
 * no. Rejects with `bad_request` before anything is written where one file of them cannot be changed.
 */
export async function runInstall(call: Call): Promise<boolean> {
  const workshop = openWorkshop();
  const options: InstallOptions = {
    level: call.values["project"] === true ? "project" : "user",
    hooks: call.values["no-hooks"] !== true,
    force: call.values["force"] === true,
  };
  const isNamed = call.words.length > 0;
  const chosen = isNamed ? named(workshop, call, options) : found(workshop, options);
  const plans = chosen.map((places) => ({
    places,
    files: planInstall(workshop.disk, workshop.machine, places, ownCommand(), options),
  }));
  if (plans.length === 0) {
    await writeOut(
      call.json ? view(call, plans) : "No client that hustings knows was found here.\n",
    );
    return false;
  }
  if (call.values["dry-run"] === true) {
    await writeOut(view(call, plans));
    return true;
  }
  const isChange = plans.some(({ files }) => files.some((file) => changeOf(file) !== "none"));
  if (!isNamed && isChange && !await agreed(call, plans)) return false;
  if (isChange) await carryOut(workshop, plans);
  await writeOut(view(call, plans));
  return true;
}

function named({ places }: Workshop, { words }: Call, { level }: InstallOptions): ClientPlaces[] {
  const clients = namedClients(places, words);
  const without = clients.find((client) => client[level] === undefined);
  if (without === undefined) return clients;
  throw new HustingsError(
    "bad_request",
    `${titleOf(without)} has no configuration of a project: leave out --project`,
  );
}

function found({ disk, machine, places }: Workshop, { level }: InstallOptions): ClientPlaces[] {
  return presentClients(disk, machine, places).filter((client) => client[level] !== undefined);
}

async function agreed(call: Call, plans: readonly ClientPlan[]): Promise<boolean> {
  if (call.values["yes"] === true) return true;
  const names = plans.map(({ places }) => places.client).join(" ");
  if (call.json || !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) {
    throw new HustingsError(
      "bad_request",
      `Nobody can be asked here, so nothing was written: name the clients (hustings install ${names}), ` +
        "or say --yes; --dry-run shows what would be changed",
    );
  }
  await writeOut(`Found here, and what would become of their files:\n\n${lines(plans)}\n`);
  if (confirm("Do that?")) return true;
  await writeOut("Nothing was changed.\n");
  return false;
}

async function carryOut({ disk, record, state }: Workshop, plans: readonly ClientPlan[]) {
  openStateDirectory(state.path, await networkFileSystem(state.path));
  for (const { files } of plans) carryOutInstall(disk, record, files);
}

function view(call: Call, plans: readonly ClientPlan[]): string {
  const dryRun = call.values["dry-run"] === true;
  const files = plans.flatMap((plan) => plan.files);
  const isChange = files.some((file) => changeOf(file) !== "none");
  const next = isChange ? nextSteps(plans.map(({ places }) => places.client), files) : [];
  if (call.json) {
    const clients = plans.map(({ places, files }) => ({
      client: places.client,
      files: files.map((file) => planJson(file, dryRun)),
    }));
    return `${plainJson({ dryRun, clients, next })}\n`;
  }
  if (!isChange) return `${lines(plans)}\nAll is in place: nothing was changed.\n`;
  if (dryRun) return `${files.map(planDiff).join("")}`;
  const copies = files.some((file) => changeOf(file) === "changed")
    ? "What the files were before is in FILE.hustings-backup beside each.\n"
    : "";
  return `${lines(plans)}\n${copies}${next.map((step) => `${step}\n`).join("")}`;
}

function lines(plans: readonly ClientPlan[]): string {
  return plans.map(({ places, files }) => `${titleOf(places)}\n${files.map(planLine).join("")}`)
    .join("");
}
