// Builds the binary: `deno task compile [--target TARGET] [--output FILE]`. Without a target it is
// `build/hustings` for this platform, with one `build/hustings-TARGET`; the targets are those of
// `deno compile`, which embeds the runtime that DENORT_BIN names or else downloads its own.
//
// The program is bundled first: what is used, in few files, starts faster than the many files of its
// packages, and is a fraction of them. What main.ts imports on demand stays in files of its own, unread
// until then: a race for the port comes before the libraries, and a hook, for which its client waits,
// does without them.
import { parseArgs } from "node:util";

/** The variables that the program reads; every other one is empty to it and to its packages. */
export const environment = [
  ...["HUSTINGS_HOME", "HUSTINGS_PORT", "HUSTINGS_NAME", "HUSTINGS_LOG", "HUSTINGS_URL"],
  ...[
    "HUSTINGS_SHARE",
    "IPC_SHARED_SECRET",
    "HUSTINGS_CHANNEL",
    "CLAUDE_PROJECT_DIR",
    "CLAUDE_CODE_SESSION_ID",
  ],
  ...["DISPLAY", "WAYLAND_DISPLAY"], // whether a browser could be seen
  ...["CLAUDECODE", "CLAUDE_PID", "CLAUDE_CODE_SESSION_ATTENDED", "LANG", "TERM"],
  ...["HOME", "XDG_STATE_HOME", "LOCALAPPDATA", "PATH", "USERPROFILE"],
  ...["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP", "APPDATA"], // on Windows
  // What moves the configuration of an AI client.
  ...["XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GOOSE_PATH_ROOT"],
];

const permissions = [
  // The bus of this machine needs 127.0.0.1 alone; one on a server is where its user says, and that server
  // names others. What a process may do is fixed before it can read where that is.
  "--allow-net",
  "--allow-read", // HUSTINGS_HOME and the texts that are sent may lie anywhere
  "--allow-write",
  `--allow-env=${environment.join()}`,
  "--ignore-env",
  // To see that the state is the user's own, its disk's kind and space; to tell machines apart.
  "--allow-sys=uid,statfs,hostname",
  // The demo starts its agents, which are this binary, wherever it lies; a broker that was stopped
  // inside a commit is ended; `codex` queues a message for a session of Codex. What /proc would tell is
  // asked of ps (also whose hook this is), ss, lsof, df, mount, netstat and tasklist, and of a shell
  // which network this is: reading /proc takes every permission there is.
  "--allow-run",
  "--no-prompt",
];

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { target: { type: "string" }, output: { type: "string" } },
  });
  const named = values.target === undefined ? "hustings" : `hustings-${values.target}`;
  await build(values.output ?? `build/${named}`, values.target);
}

/** Builds the binary for `target`, or for this machine, as the file `output`; rejects when deno fails. */
export async function build(output: string, target: string | undefined): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "hustings-" });
  try {
    const main = new URL("../main.ts", import.meta.url).href;
    await deno("bundle", "--quiet", "--minify", "--code-splitting", `--outdir=${directory}`, main);
    await giveRequire(directory);
    await deno(
      "compile",
      "--no-config",
      "--no-check",
      "--no-code-cache", // it would lie in a directory for all users, under a name that all know
      ...permissions,
      ...(target === undefined ? [] : [`--target=${target}`]),
      `--output=${output}`,
      `${directory}/main.js`,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Packages in Node's older form ask for its modules while they run: what a bundle has for that only throws,
 * unless the file in which it stands has a `require` of its own.
 */
async function giveRequire(directory: string): Promise<void> {
  const head = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
`;
  for await (const { name } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    const text = await Deno.readTextFile(path);
    if (text.includes("Dynamic require of")) await Deno.writeTextFile(path, head + text);
  }
}

async function deno(...args: string[]): Promise<void> {
  // Older versions know only Mozilla's certificates unless told, not those of a company's proxy.
  const stores = Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system";
  const command = new Deno.Command(Deno.execPath(), {
    args,
    env: { DENO_TLS_CA_STORE: stores },
    stdin: "null",
  });
  const { code } = await command.spawn().status;
  if (code !== 0) throw new Error(`deno ${args[0]} ended with ${code}`);
}
