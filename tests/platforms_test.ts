import { deepEqual, equal, match, throws } from "node:assert/strict";
import { agentDirectory } from "../lib/agents/agent_directory.ts";
import { ancestorsOf } from "../lib/agents/ancestors_of.ts";
import { allowedCommands } from "../lib/agents/allowed_commands.ts";
import { endTree } from "../lib/agents/end_tree.ts";
import { findServerEntries } from "../lib/agents/find_server_entries.ts";
import { readHookInput } from "../lib/agents/hook_input.ts";
import { programCall } from "../lib/agents/program_call.ts";
import { queueForCodex } from "../lib/agents/queue_for_codex.ts";
import { checkState } from "../lib/cli/doctor/check_state.ts";
import { ownMachine } from "../lib/agents/install/own_machine.ts";
import { decodedPath } from "../lib/cli/own_command.ts";
import { endOfInput } from "../lib/cli/text_from.ts";
import { limits } from "../lib/core/limits.ts";
import { commandEnvironment, directoriesIn } from "../lib/mcp/own_surroundings.ts";
import { aboutStopped, endCommand } from "../lib/member/ending_words.ts";
import { onFarewell } from "../lib/member/on_farewell.ts";
import { processState } from "../lib/member/process_state.ts";
import { reservedPorts } from "../lib/member/reserved_ports.ts";
import { checkOwn, openStateDirectory, stateFiles } from "../lib/member/state_directory.ts";
import { systemProgram } from "../lib/member/system_program.ts";
import { replaceFile } from "../lib/store/replace_file.ts";
import { TemporaryDirectory } from "./support/temporary_directory.ts";

// What differs between Linux, macOS and Windows, with the platform as a parameter: this is all that can be
// seen of the other two on one machine.

const systems = ["linux", "darwin", "windows"] as const;
type System = typeof systems[number];

/** What `tell` says for each system. */
function onEach<T>(tell: (os: System) => T): T[] {
  return systems.map(tell);
}

Deno.test("files of the state are named in the way of the platform", () => {
  deepEqual(onEach((os) => stateFiles("home", os).secret), [
    "home/secret",
    "home/secret",
    "home\\secret",
  ]);
});

Deno.test("modes are looked at where they say who can read a file, and not on Windows", () => {
  using place = new TemporaryDirectory();
  const path = place.at("secret");
  Deno.writeTextFileSync(path, "", { mode: 0o666 });
  if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o666);
  for (const os of ["linux", "darwin"] as const) {
    throws(() => checkOwn(path, "file", os), { message: /is open to other users \(mode 666\)/ });
  }
  checkOwn(path, "file", "windows");
});

Deno.test("doctor says that a directory is the user's own only where that was seen", async () => {
  using place = new TemporaryDirectory();
  const directory = openStateDirectory(place.at("home"), false);
  const said = async (os: System, profile: string | undefined) =>
    (await checkState(directory, { os, profile })).findings[0]!;
  match((await said("darwin", undefined)).text, /is yours alone/);
  match((await said("windows", place.path)).text, /in your profile, which Windows keeps to you/);
  for (const profile of [`${place.path}/hom`, "C:\\Users\\ann", undefined]) {
    const { level, text, mend } = await said("windows", profile);
    deepEqual([level, /was not looked at/.test(text), /icacls/.test(mend!)], ["note", true, true]);
  }
});

Deno.test("a process listens only for the signals that its platform has", () => {
  const listened = (os: System) => {
    const signals: string[] = [];
    onFarewell(() => Promise.resolve(), 0, { os, listen: (signal) => void signals.push(signal) });
    return signals;
  };
  const posix = ["SIGTERM", "SIGINT", "SIGHUP", "SIGTSTP"];
  deepEqual(onEach(listened), [posix, posix, ["SIGINT", "SIGBREAK"]]);
});

Deno.test("state of a process is read from ps of Linux and macOS, and not asked on Windows", () => {
  const started = new Date(2026, 2, 9, 7, 5, 3).getTime();
  const endpoint = { pid: 7, port: 1, epoch: 1, startMs: started };
  const told = (stat: string, os: System = "darwin", startMs = started) =>
    processState({ ...endpoint, startMs }, os, () => `${stat}   Mon Mar  9 07:05:03 2026    \n`);
  equal(told("Ss+", "linux"), "running");
  deepEqual(["S+", "U", "R", "T", "T+", "Z"].map((stat) => told(stat)), [
    ...["running", "running", "running"],
    ...["stopped", "stopped", "gone"],
  ]);
  equal(told("S", "darwin", started - 60_000), "gone");
  equal(processState(endpoint, "darwin", () => ""), undefined);
  const asked = () => {
    throw new Error("asked");
  };
  equal(processState(endpoint, "windows", asked), undefined);
});

Deno.test("ps is asked for each column by itself, as POSIX reads the rest as a title", async () => {
  const asked: string[][] = [];
  await ancestorsOf(30, "darwin", (...words) => {
    asked.push(words);
    return Promise.resolve("30 20\n");
  });
  deepEqual(asked, [["ps", "-A", "-o", "pid=", "-o", "ppid="]]);
});

Deno.test("who has to end a process by hand is told the command of the platform", () => {
  deepEqual(onEach((os) => endCommand(7, os)), ["kill -9 7", "kill -9 7", "taskkill /F /PID 7"]);
  const posix = "let it go on (kill -CONT 7) or end it (kill -9 7)";
  deepEqual(onEach((os) => aboutStopped(7, os)), [posix, posix, "end it (taskkill /F /PID 7)"]);
});

Deno.test("programs of the system are started by their whole path on Windows", () => {
  deepEqual(onEach((os) => systemProgram("netsh", os, "D:\\Win")), [
    "netsh",
    "netsh",
    "D:\\Win\\System32\\netsh.exe",
  ]);
  equal(systemProgram("cmd", "windows", undefined), "C:\\Windows\\System32\\cmd.exe");
});

/** A Windows that has these files. */
function windowsWith(...files: string[]) {
  const path = ".;C:\\a b;relative;D:\\tools;\\\\host\\share";
  return { os: "windows" as const, path, isFile: (file: string) => files.includes(file) };
}

Deno.test("a program is started by its name elsewhere, and by its path on Windows", () => {
  const nowhere = { path: "/bin", isFile: () => false };
  for (const os of ["linux", "darwin"] as const) {
    deepEqual(programCall("npm", ["test"], { os, ...nowhere }), { command: "npm", args: ["test"] });
  }
  const both = windowsWith("D:\\tools\\codex.exe", "\\\\host\\share\\codex.cmd");
  deepEqual(programCall("codex", ['"%x%"'], both), {
    command: "D:\\tools\\codex.exe",
    args: ['"%x%"'],
  });
  deepEqual(programCall("C:\\x\\y.exe", [], windowsWith("C:\\x\\y.exe")).command, "C:\\x\\y.exe");
});

Deno.test("a batch file is run by the command interpreter, with each argument in quotes", () => {
  const call = programCall("npm", ["run", "a&b", "C:\\d\\"], windowsWith("C:\\a b\\npm.cmd"));
  deepEqual(call, {
    command: "C:\\Windows\\System32\\cmd.exe",
    args: ["/d", "/s", "/c", String.raw`""C:\a b\npm.cmd" "run" "a&b" "C:\d\\""`],
    windowsRawArguments: true,
  });
});

Deno.test("an argument that would leave its quotes is not told to a batch file", () => {
  for (const word of ['a"b', "%PATH%", "wow!", "two\nlines"]) {
    throws(() => programCall("npm", [word], windowsWith("D:\\tools\\npm.cmd")), {
      code: "bad_request",
      message: /cannot be told to the batch file 'D:\\tools\\npm\.cmd', so it was not run/,
    });
  }
});

Deno.test("a program is not taken from the current directory on Windows", async () => {
  const here = windowsWith(".\\codex.exe", "codex.exe", "codex.cmd", "relative\\codex.exe");
  throws(() => programCall("codex", [], here), { message: /no program 'codex' on the PATH/ });
  match((await queueForCodex("t-1", "text", here))!, /no program 'codex' on the PATH/);
});

Deno.test("a shared command is ended with its children in the way of the platform", async () => {
  const did: string[] = [];
  const tree = { pid: 7, kill: (signal: Deno.Signal) => void did.push(signal) };
  const by = {
    run: (...words: string[]) => {
      did.push(words.join(" "));
      return Promise.resolve(undefined);
    },
    killGroup: (pid: number) => void did.push(`group ${pid}`),
  };
  for (const os of systems) await endTree(tree, { os, ...by });
  deepEqual(did, ["group 7", "group 7", "taskkill /T /F /PID 7", "SIGKILL"]);
});

Deno.test("a shared command has the places of the system on Windows, and no more elsewhere", () => {
  const env = (name: string) => name === "HOME" || name === "TMP" ? undefined : `of ${name}`;
  for (const os of ["linux", "darwin"] as const) {
    deepEqual(commandEnvironment(env, os), { PATH: "of PATH", HOME: "", LANG: "of LANG" });
  }
  const windows = ["PATH", "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP"]
    .concat(["USERPROFILE", "APPDATA", "LOCALAPPDATA"]);
  deepEqual(
    commandEnvironment(env, "windows"),
    Object.fromEntries(windows.map((name) => [name, `of ${name}`])),
  );
});

Deno.test("a path list is parted in the way of the platform", () => {
  deepEqual(onEach((os) => directoriesIn("C:/a;D:/b", os)), [
    ["C", "/a;D", "/b"],
    ["C", "/a;D", "/b"],
    ["C:/a", "D:/b"],
  ]);
});

Deno.test("the directory of an agent is told in one way, behind links and on Windows", () => {
  using place = new TemporaryDirectory();
  Deno.mkdirSync(place.at("shop"));
  Deno.symlinkSync(place.at("shop"), place.at("link"));
  const from = (path: string) => ({ env: () => path, cwd: () => path });
  for (const os of ["linux", "darwin"] as const) {
    for (const client of ["claude", "gemini"]) {
      equal(agentDirectory(client, from(place.at("link")), os), place.at("shop"));
    }
  }
  equal(agentDirectory("claude", from("c:/Users/ann/shop"), "windows"), "C:\\Users\\ann\\shop");
  equal(agentDirectory("claude", from("/not/there"), "darwin"), "/not/there");
});

Deno.test("the home is the profile on Windows, whatever a shell from elsewhere says", () => {
  const env = (name: string) => ({ HOME: "/h", USERPROFILE: "C:\\u" })[name];
  deepEqual(onEach((os) => ownMachine(env, os).home), ["/h", "/h", "C:\\u"]);
  const none = (name: string) => name === "HOME" ? "/h" : "";
  throws(() => ownMachine(none, "windows"), /no USERPROFILE in the environment/);
});

Deno.test("the path of the program's source is one of the platform", () => {
  equal(decodedPath("file:///home/a%20b/main.ts", "linux"), "/home/a b/main.ts");
  equal(decodedPath("file:///C:/a%20b/main.ts", "windows"), "C:/a b/main.ts");
  equal(decodedPath("file://host/share/main.ts", "windows"), "//host/share/main.ts");
});

Deno.test("who types a message is told how it ends on the platform", () => {
  deepEqual(onEach((os) => endOfInput(os)), ["Ctrl-D", "Ctrl-D", "Ctrl-Z and Enter"]);
});

Deno.test("text files of Windows are read with their mark and line ends", () => {
  using place = new TemporaryDirectory();
  const path = place.at("settings.json");
  Deno.writeTextFileSync(path, '\ufeff{\r\n  "commands": { "tests": ["npm", "test"] }\r\n}\r\n');
  deepEqual(allowedCommands(path), { commands: new Map([["tests", ["npm", "test"]]]) });
  const json = '{"mcpServers":\r\n{"hustings":{"command":"C:\\\\h.exe"}}}\r\n';
  deepEqual(findServerEntries("json", json), [{ command: ["C:\\h.exe"] }]);
  const toml = "[mcp_servers.hustings]\r\ncommand = 'C:\\h.exe'\r\nargs = [\"-x\"]\r\n";
  deepEqual(findServerEntries("toml", toml), [{ command: ["C:\\h.exe", "-x"] }]);
  const input = '{"session_id":"s",\r\n"cwd":"C:\\\\shop"}\r\n';
  deepEqual(readHookInput(input), {
    session: "s",
    directory: "C:\\shop",
    prolonged: false,
    inside: false,
  });
});

/** The table of `netsh` in another language, with a range that an administrator has made. */
const excluded = `\r
Portausschlussbereiche für das Protokoll tcp\r
\r
Startport      Endport      \r
----------    --------      \r
      9800        9877      \r
      9880        9880     *\r
\r
* - Verwaltete Portausschlüsse.\r
`;

Deno.test("ports that Windows keeps to itself are known in any language, and asked of nobody else", async () => {
  const ports = [9876, 9877, 9878, 9879, 9880, 9881];
  const asked: string[] = [];
  const run = (...words: string[]) => {
    asked.push(words.join(" "));
    return Promise.resolve(excluded);
  };
  for (const os of systems) {
    const wanted = os === "windows" ? [9876, 9877, 9880] : [];
    deepEqual([...await reservedPorts(ports, os, run)], wanted);
  }
  deepEqual(asked, ["netsh interface ipv4 show excludedportrange protocol=tcp"]);
  deepEqual([...await reservedPorts(ports, "windows", () => Promise.resolve(undefined))], []);
});

/** A rename that fails so often, and what was done in the meantime. */
function failing(os: System, times: number, error: Error) {
  const did: string[] = [];
  const rename = () => {
    did.push("rename");
    if (did.filter((what) => what === "rename").length <= times) throw error;
  };
  return { did, by: { os, rename, pause: (forMs: number) => void did.push(`${forMs}`) } };
}

Deno.test("a file that somebody has open is replaced once it is let go, on Windows", () => {
  for (const error of [new Deno.errors.PermissionDenied(), new Error("in use (os error 32)")]) {
    const { did, by } = failing("windows", 2, error);
    replaceFile("from", "to", by);
    deepEqual(did, ["rename", "10", "rename", "10", "rename"]);
  }
});

Deno.test("a file that stays open, or cannot be replaced for another reason, is no endless try", () => {
  const denied = new Deno.errors.PermissionDenied("denied");
  const { did, by } = failing("windows", Infinity, denied);
  throws(() => replaceFile("from", "to", by), /denied/);
  equal(did.length, 2 * (limits.renameMs / limits.renamePauseMs) + 1);
  for (
    const [os, error] of [["darwin", denied], ["windows", new Deno.errors.NotFound()]] as const
  ) {
    const once = failing(os, 1, error);
    throws(() => replaceFile("from", "to", once.by));
    deepEqual(once.did, ["rename"]);
  }
});
