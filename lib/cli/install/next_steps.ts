import { clientTitle } from "../../agents/find_client.ts";
import { changeOf } from "../../agents/install/planned_file.ts";
import type { PlannedFile } from "../../agents/install/planned_file.ts";

/** What the user has to do after an installation, a sentence each. */
export function nextSteps(clients: readonly string[], files: readonly PlannedFile[]): string[] {
  const titles = clients.map(clientTitle).join(", ");
  const changed = files.filter((file) => changeOf(file) !== "none");
  const has = (client: string, what: (file: PlannedFile) => boolean) =>
    changed.some((file) => file.client === client && what(file));
  const isProject = (file: PlannedFile) => file.level === "project";
  return [
    `Start ${titles} anew, then say to one agent: "List the agents you can reach."`,
    ...(has("codex", ({ hooks }) => hooks)
      ? ["Codex will ask you to trust the hooks; until then it does not run them."]
      : []),
    ...(has("codex", isProject)
      ? ["Codex reads a project's files once you trust the project."]
      : []),
    ...(has("claude", isProject)
      ? ["Claude Code will ask you to approve the project's server."]
      : []),
    ...(changed.some(isProject)
      ? ["The files name this machine's path of hustings: think twice before you commit them."]
      : []),
  ];
}
