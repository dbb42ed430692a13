import { isAbsolute } from "node:path";
import { configFiles } from "../../agents/config_files.ts";
import { findServerEntries } from "../../agents/find_server_entries.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/** What of the environment leads to the clients' files and to the programs that they name. */
export interface ClientPlaces {
  readonly home: string | undefined;
  readonly directory: string;
  /** The directories of PATH. */
  readonly programs: readonly string[];
}

/** Which clients' files name this program, and whether what they would start exists. Changes none. */
export function checkClients(places: ClientPlaces): Finding[] {
  const findings = new Findings("clients");
  for (const { client, path } of configFiles(places.home, places.directory)) {
    const text = readText(path);
    if (text !== undefined) checkFile(findings, `${client} (${path})`, path, text, places);
  }
  if (findings.all.length === 0) {
    findings.note(
      "No client's configuration that is known here names hustings",
      "'hustings help' shows what to add to it",
    );
  }
  return findings.all;
}

function checkFile(
  findings: Findings,
  title: string,
  path: string,
  text: string,
  places: ClientPlaces,
): void {
  const entries = findServerEntries(path, text);
  if (entries === undefined) {
    if (!text.includes("hustings")) return;
    findings.note(`${title} names hustings, but is no plain JSON: it was not looked into`);
    return;
  }
  for (const { command } of entries) {
    const missing = missingPart(command, places.programs);
    const shown = command.join(" ");
    if (missing === undefined) findings.ok(`${title} starts: ${shown}`);
    else {
      findings.fault(
        `${title} wants to start: ${shown}. There is no '${missing}', so this client has no bus`,
        "correct the path in that file",
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

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
