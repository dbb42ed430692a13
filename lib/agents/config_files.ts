/** Where one AI client keeps its list of MCP servers, as far as it is known. */
export interface ConfigFile {
  readonly client: string;
  readonly path: string;
}

/** The configuration files of the clients that are known, in the home of a user and in one directory. */
export function configFiles(home: string | undefined, directory: string): ConfigFile[] {
  const own = [
    ["Claude Code", `${directory}/.mcp.json`],
    ["opencode", `${directory}/opencode.json`],
  ];
  const users = home === undefined ? [] : [
    ["Claude Code", `${home}/.claude.json`],
    ["Gemini CLI", `${home}/.gemini/settings.json`],
    ["Codex", `${home}/.codex/config.toml`],
    ["Cursor", `${home}/.cursor/mcp.json`],
    ["Windsurf", `${home}/.codeium/windsurf/mcp_config.json`],
    ["opencode", `${home}/.config/opencode/opencode.json`],
  ];
  return [...users, ...own].map(([client, path]) => ({ client: client!, path: path! }));
}
