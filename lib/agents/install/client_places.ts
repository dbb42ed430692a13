/** What of a machine says where the clients keep their configuration. */
export interface Machine {
  readonly os: typeof Deno.build.os;
  env(name: string): string | undefined;
  /** The user's own directory. */
  readonly home: string;
}

/** For one user on this machine, or for everybody who works in one repository. */
export type Level = "user" | "project";

/** The list of servers in a file, and the form of its entries. */
export interface ServerForm {
  readonly list:
    | "mcpServers"
    | "mcp_servers"
    | "servers"
    | "mcp"
    | "context_servers"
    | "extensions";
  readonly entry: "plain" | "typed" | "claude" | "opencode" | "goose";
}

/**
 * How a file lists hooks by event: groups of commands as Claude Code has them, the same with a matcher
 * for all, or single commands, with their type or without.
 */
export type HooksForm = "groups" | "matched groups" | "typed commands" | "commands";

/** One configuration file of a client, and what of ours belongs into it. */
export interface ClientFile {
  /** Where it can be: the first that exists is it, or else the last one. */
  readonly paths: readonly string[];
  readonly format: "json" | "toml" | "yaml";
  readonly server?: ServerForm;
  readonly hooks?: HooksForm;
}

/** Where a client keeps what, and how one sees that it is there. */
export interface ClientPlaces {
  /** The first part of its agents' names. */
  readonly client: string;
  /** Absent where it has no such level. */
  readonly user?: readonly ClientFile[];
  readonly project?: readonly ClientFile[];
  /** What exists where it is installed, or was used: files or directories. */
  readonly signs: readonly string[];
  /** The programs that start it. */
  readonly programs: readonly string[];
  /** Its servers do not get the environment of the shell that a user sets variables in. */
  readonly losesEnvironment: boolean;
}

/**
 * The places of every client that `hustings install` knows; the files of a project lie below `root`.
 *
 * Seen with the clients themselves on Linux: Claude Code 2.1.330, Gemini CLI 0.61, Codex 0.169 and
 * opencode 1.18, with the variables that move them. All else is documented, not seen.
 */
export function clientPlaces(machine: Machine, root: string): ClientPlaces[] {
  const at = placesOn(machine);
  const own = (path: string) => joined(machine, root, path);
  return [
    claude(machine, at, own),
    {
      ...desktop("claude-desktop", `${at.app("Claude")}/claude_desktop_config.json`, "plain"),
      signs: [at.app("Claude")],
    },
    gemini(at, own),
    codex(machine, at, own),
    cursor(at, own),
    {
      ...desktop("windsurf", at.home(".codeium/windsurf/mcp_config.json"), "plain"),
      signs: [at.home(".codeium/windsurf")],
      programs: ["windsurf"],
    },
    vscode(at, own),
    cline(at),
    zed(machine, at),
    opencode(at, own),
    goose(machine, at),
  ].map((places) => spelled(machine, places));
}

/** The usual directories. */
interface Places {
  home(path: string): string;
  /** A directory of settings as command-line programs have it. */
  config(path: string): string;
  /** The directory of settings of a program with windows. */
  app(name: string): string;
}

function placesOn({ os, env, home }: Machine): Places {
  const xdg = env("XDG_CONFIG_HOME");
  const config = xdg?.startsWith("/") ? xdg : `${home}/.config`;
  const app = os === "windows"
    ? env("APPDATA") ?? `${home}/AppData/Roaming`
    : os === "darwin"
    ? `${home}/Library/Application Support`
    : config;
  return {
    home: (path) => `${home}/${path}`,
    config: (path) => `${config}/${path}`,
    app: (name) => `${app}/${name}`,
  };
}

/** In the machine's own spelling. */
function joined({ os }: Machine, directory: string, path: string): string {
  return os === "windows" ? `${directory}\\${path}`.replaceAll("/", "\\") : `${directory}/${path}`;
}

function spelled(machine: Machine, places: ClientPlaces): ClientPlaces {
  if (machine.os !== "windows") return places;
  const path = (text: string) => text.replaceAll("/", "\\");
  const files = (list: readonly ClientFile[] = []) =>
    list.map((file) => ({ ...file, paths: file.paths.map(path) }));
  return {
    ...places,
    signs: places.signs.map(path),
    ...(places.user === undefined ? {} : { user: files(places.user) }),
    ...(places.project === undefined ? {} : { project: files(places.project) }),
  };
}

type Own = (path: string) => string;

function json(path: string, server?: ServerForm, hooks?: HooksForm): ClientFile {
  const parts = { ...(server && { server }), ...(hooks && { hooks }) };
  return { paths: [path], format: "json", ...parts };
}

const plainServers: ServerForm = { list: "mcpServers", entry: "plain" };

/** A program with windows, which does not know what a shell has set, with one file of servers. */
function desktop(client: string, path: string, entry: ServerForm["entry"]): ClientPlaces {
  const user = [json(path, { list: "mcpServers", entry })];
  return { client, user, signs: [], programs: [], losesEnvironment: true };
}

/** CLAUDE_CONFIG_DIR moves all of it; where an old installation has left a `.config.json`, that is read. */
function claude({ env }: Machine, at: Places, own: Own): ClientPlaces {
  const moved = env("CLAUDE_CONFIG_DIR");
  const directory = moved || at.home(".claude");
  const servers: ServerForm = { list: "mcpServers", entry: "claude" };
  const main = moved ? `${moved}/.claude.json` : at.home(".claude.json");
  return {
    client: "claude",
    user: [
      { ...json(main, servers), paths: [`${directory}/.config.json`, main] },
      json(`${directory}/settings.json`, undefined, "groups"),
    ],
    project: [
      json(own(".mcp.json"), servers),
      json(own(".claude/settings.json"), undefined, "groups"),
    ],
    signs: [main, directory],
    programs: ["claude"],
    losesEnvironment: false,
  };
}

function gemini(at: Places, own: Own): ClientPlaces {
  const path = ".gemini/settings.json";
  return {
    client: "gemini",
    user: [json(at.home(path), plainServers, "matched groups")],
    project: [json(own(path), plainServers, "matched groups")],
    signs: [at.home(".gemini")],
    programs: ["gemini"],
    losesEnvironment: false,
  };
}

function codex({ env }: Machine, at: Places, own: Own): ClientPlaces {
  const directory = env("CODEX_HOME") || at.home(".codex");
  const files = (toml: string, hooks: string): ClientFile[] => [
    { paths: [toml], format: "toml", server: { list: "mcp_servers", entry: "plain" } },
    json(hooks, undefined, "groups"),
  ];
  return {
    client: "codex",
    user: files(`${directory}/config.toml`, `${directory}/hooks.json`),
    project: files(own(".codex/config.toml"), own(".codex/hooks.json")),
    signs: [directory],
    programs: ["codex"],
    losesEnvironment: true,
  };
}

function cursor(at: Places, own: Own): ClientPlaces {
  const files = (place: Own) => [
    json(place(".cursor/mcp.json"), plainServers),
    json(place(".cursor/hooks.json"), undefined, "commands"),
  ];
  return {
    client: "cursor",
    user: files(at.home),
    project: files(own),
    signs: [at.home(".cursor")],
    programs: ["cursor", "cursor-agent"],
    losesEnvironment: true,
  };
}

/** Its hooks for a user are the files of a directory: one of them is ours. A project's are in git. */
function vscode(at: Places, own: Own): ClientPlaces {
  const servers: ServerForm = { list: "servers", entry: "typed" };
  return {
    client: "vscode",
    user: [
      json(at.app("Code/User/mcp.json"), servers),
      json(at.home(".copilot/hooks/hustings.json"), undefined, "typed commands"),
    ],
    project: [json(own(".vscode/mcp.json"), servers)],
    signs: [at.app("Code/User")],
    programs: ["code"],
    losesEnvironment: true,
  };
}

function cline(at: Places): ClientPlaces {
  const storage = at.app("Code/User/globalStorage/saoudrizwan.claude-dev");
  return {
    ...desktop("cline", `${storage}/settings/cline_mcp_settings.json`, "typed"),
    signs: [storage],
  };
}

/** On macOS it has no directory among the other programs', and the variable does not move it. */
function zed({ os }: Machine, at: Places): ClientPlaces {
  const directory = os === "darwin"
    ? at.home(".config/zed")
    : at.app(os === "windows" ? "Zed" : "zed");
  return {
    client: "zed",
    user: [json(`${directory}/settings.json`, { list: "context_servers", entry: "plain" })],
    signs: [directory],
    programs: ["zed", "zeditor"],
    losesEnvironment: true,
  };
}

/** It has its directory in the same place on every system. */
function opencode(at: Places, own: Own): ClientPlaces {
  const file = (place: string): ClientFile => ({
    ...json(`${place}.json`, { list: "mcp", entry: "opencode" }),
    paths: [`${place}.jsonc`, `${place}.json`],
  });
  return {
    client: "opencode",
    user: [file(at.config("opencode/opencode"))],
    project: [file(own("opencode"))],
    signs: [at.config("opencode")],
    programs: ["opencode"],
    losesEnvironment: false,
  };
}

function goose({ os, env }: Machine, at: Places): ClientPlaces {
  const root = env("GOOSE_PATH_ROOT");
  const usual = os === "windows" ? at.app("Block/goose/config") : at.config("goose");
  const directory = root ? `${root}/config` : usual;
  return {
    client: "goose",
    user: [{
      paths: [`${directory}/config.yaml`],
      format: "yaml",
      server: { list: "extensions", entry: "goose" },
    }],
    signs: [directory],
    programs: ["goose"],
    losesEnvironment: false,
  };
}
