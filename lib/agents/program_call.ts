import { HustingsError } from "../core/errors.ts";
import { systemProgram } from "../member/system_program.ts";

/** How a program is started. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  /** The arguments are written as they have to be: nothing is to be quoted once more. */
  readonly windowsRawArguments?: true;
}

/** Where programs are looked for. */
export interface ProgramPlaces {
  readonly os: typeof Deno.build.os;
  /** The variable PATH. */
  readonly path: string;
  isFile(path: string): boolean;
}

/** The places of this machine, with the `path` that the caller has read while it could. */
export function ownPlaces(path: string): ProgramPlaces {
  return { os: Deno.build.os, path, isFile };
}

/** What a command line cannot hand to a batch file as it is, whatever is written around it. */
const unquotable = /["%!\r\n\0]/;

/**
 * How `program` is started with `args`. On Windows a name is looked for in the whole directories of PATH,
 * and never in the current one, as a program and as a batch file: what npm installs are such files, which
 * only the command interpreter can run. Throws `bad_request` where there is no such program, and for an
 * argument that cannot be told to a batch file.
 */
export function programCall(
  program: string,
  args: readonly string[],
  places: ProgramPlaces,
): ProgramCall {
  const found = places.os === "windows" ? findOnWindows(program, places) : program;
  if (!/\.(cmd|bat)$/i.test(found) || places.os !== "windows") return { command: found, args };
  const words = [found, ...args];
  const strange = words.find((word) => unquotable.test(word));
  if (strange !== undefined) {
    throw new HustingsError(
      "bad_request",
      `'${strange}' cannot be told to the batch file '${found}', so it was not run: name the ` +
        "program that it starts, or leave out quotes, % and !",
    );
  }
  // All in quotes, in which & | < > ^ are characters like others; /s takes off the outer pair alone.
  const line = words.map((word) => `"${word.replace(/\\+$/, "$&$&")}"`).join(" ");
  const command = systemProgram("cmd", places.os);
  return { command, args: ["/d", "/s", "/c", `"${line}"`], windowsRawArguments: true };
}

function findOnWindows(program: string, { path, isFile }: ProgramPlaces): string {
  const isPath = /[\\/:]/.test(program);
  const directories = path.split(";").filter((each) => /^([A-Za-z]:[\\/]|\\\\)/.test(each));
  const bases = isPath ? [program] : directories.map((each) => `${each}\\${program}`);
  const endings = /\.(exe|com|cmd|bat)$/i.test(program) ? [""] : [".exe", ".com", ".cmd", ".bat"];
  const candidates = bases.flatMap((base) => endings.map((ending) => base + ending));
  const found = candidates.find(isFile);
  if (found !== undefined) return found;
  throw new HustingsError("bad_request", `There is no program '${program}' on the PATH`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
