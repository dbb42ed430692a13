import { isAbsolute } from "node:path";
import { clientTitle } from "../../agents/find_client.ts";
import { findServerEntries } from "../../agents/find_server_entries.ts";
import type { ClientFile, ClientPlaces } from "../../agents/install/client_places.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/**
 * Which clients' files name this program, and whether what they would start exists; `programs` are the
 * directories of PATH. Changes none.
 */
export function checkClients(
  places: readonly ClientPlaces[],
  programs: readonly string[],
): Finding[] {
  const findings = new Findings("clients");
  for (const { client, user = [], project = [] } of places) {
    for (const file of user) checkFiles(findings, client, file, "", programs);
    // In the home itself a project's file may be the user's.
    const known = new Set(user.flatMap(({ paths }) => paths));
    const others = project.filter(({ paths }) => !paths.some((path) => known.has(path)));
    for (const file of others) checkFiles(findings, client, file, " --project", programs);
  }
  if (findings.all.length === 0) {
    findings.note(
      "No client's configuration that is known here names hustings",
      "'hustings install' adds it",
    );
  }
  return findings.all;
}

function checkFiles(
  findings: Findings,
  client: string,
  { paths, format, server }: ClientFile,
  option: string,
  programs: readonly string[],
): void {
  if (server === undefined) return;
  const mend = `'hustings install ${client}${option}' corrects the path in that file`;
  for (const path of paths) {
    const bytes = readBytes(path);
    const title = `${clientTitle(client)} (${path})`;
    if (bytes !== undefined) checkFile(findings, title, format, bytes, mend, programs);
  }
}

function checkFile(
  findings: Findings,
  title: string,
  format: ClientFile["format"],
  bytes: Uint8Array,
  mend: string,
  programs: readonly string[],
): void {
  const text = new TextDecoder().decode(bytes);
  const entries = findServerEntries(format, text);
  if (typeof entries === "string") {
    if (!text.includes("hustings")) return;
    findings.note(`${title} cannot be read, ${entries}: it was not looked into`);
    return;
  }
  for (const { command } of entries) {
    const missing = missingPart(command, programs);
    const shown = command.join(" ");
    if (missing === undefined) findings.ok(`${title} starts: ${shown}`);
    else {
      findings.fault(
        `${title} wants to start: ${shown}. There is no '${missing}', so this client has no bus`,
        mend,
      );
    }
  }
}

/** The program, or the source that a runtime is to run, when it does not exist. */
function missingPart(
  [program = "", ...args]: readonly string[],
  directories: readonly string[],
): string | undefined {
  const found = isAbsolute(program)
    ? exists(program)
    : directories.some((directory) =>
      ["", ".exe", ".cmd"].some((ending) => exists(`${directory}/${program}${ending}`))
    );
  if (!found) return program;
  return args.find((arg) => isAbsolute(arg) && /\.[jt]s$/.test(arg) && !exists(arg));
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function readBytes(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch {
    return undefined;
  }
}
