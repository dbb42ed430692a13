import type { StateDirectory } from "../../member/state_directory.ts";
import { checkLocal, checkOwn } from "../../member/state_directory.ts";
import { networkFileSystem } from "../../member/network_file_system.ts";
import { readSecret } from "../../member/secret.ts";
import { systemRandom } from "../../member/system_random.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/** What a look at the state directory found, and the secret where it can be used. */
export interface StateReport {
  readonly findings: readonly Finding[];
  readonly secret?: Uint8Array<ArrayBuffer>;
}

/** Looks at the directory and the secret in it; makes neither. */
export async function checkState(
  directory: StateDirectory,
  around: OwnerFacts = thisMachine(),
): Promise<StateReport> {
  const state = new Findings("state directory");
  const { path } = directory;
  const network = await networkFileSystem(path);
  if (!whole(state, () => checkLocal(path, network))) return { findings: state.all };
  if (!exists(path)) {
    state.note(`'${path}' is not there yet: the first agent that starts makes it`);
    return { findings: state.all };
  }
  if (!whole(state, () => checkOwn(path, "directory"))) return { findings: state.all };
  sayOwn(state, path, network === false, around);
  const secret = new Findings("secret");
  const bytes = secretOf(directory, secret);
  const findings = [...state.all, ...secret.all];
  return bytes === undefined ? { findings } : { findings, secret: bytes };
}

/** What tells whose a directory is where it has no mode. */
export interface OwnerFacts {
  readonly os: typeof Deno.build.os;
  /** The directory of the user's profile. */
  readonly profile: string | undefined;
}

function thisMachine(): OwnerFacts {
  return { os: Deno.build.os, profile: Deno.env.get("USERPROFILE") };
}

/** On Windows only the access list of the profile keeps others out: what lies elsewhere may be open to all. */
function sayOwn(
  findings: Findings,
  path: string,
  isLocal: boolean,
  { os, profile }: OwnerFacts,
): void {
  const where = isLocal ? ", on a disk of this machine" : "";
  if (os !== "windows") return findings.ok(`'${path}' is yours alone${where}`);
  const plain = (text: string) => text.replaceAll("/", "\\").toLowerCase();
  if (profile && plain(path).startsWith(`${plain(profile)}\\`)) {
    return findings.ok(`'${path}' is in your profile, which Windows keeps to you${where}`);
  }
  findings.note(
    `'${path}' is outside of your profile, and who else can read it was not looked at`,
    "take a directory of your profile for HUSTINGS_HOME, or see to its access list yourself (icacls)",
  );
}

function secretOf(directory: StateDirectory, findings: Findings) {
  if (!exists(directory.secret)) {
    if (!exists(directory.store)) {
      findings.note("It is not there yet: the first agent that starts makes it");
    } else {
      findings.fault(
        `'${directory.secret}' is gone. Agents that run hold the former one, and those that start ` +
          "now will make another: the two cannot speak with each other",
        "end all agents and start them again",
      );
    }
    return undefined;
  }
  let secret: Uint8Array<ArrayBuffer> | undefined;
  if (whole(findings, () => secret = readSecret(directory.secret, systemRandom))) {
    findings.ok("It is there, whole and yours alone");
  }
  return secret;
}

/** Notes what `act` throws as a fault: those errors say what to do. */
function whole(findings: Findings, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    findings.fault(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
