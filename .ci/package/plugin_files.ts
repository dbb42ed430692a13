import { about, home } from "./about.ts";
import { json } from "./files.ts";
import type { Files } from "./files.ts";
import { guide, guideUse } from "./guide.ts";
import { hookFile } from "./hook_file.ts";

/** Which binary a plugin runs: the one on the PATH, or the one inside it, by its name in `bin/`. */
export type PluginProgram = { readonly inside?: string };

const readme = (where: string) =>
  `# Hustings

${about.description}

With this plugin an agent sees which other agents work on this machine, sends them messages, asks
and waits for an answer, shares a file, and looks up what was read. Its hooks show it what came
without being asked, and wake an idle session of Claude Code.

${where}

Claude Code takes it by the first line, Codex by the others; Codex asks you to trust its hooks.

\`\`\`
/plugin install ${about.name} --marketplace ${about.repository}
codex plugin marketplace add ${about.repository}
codex plugin add ${about.name}@${about.name}
\`\`\`

The bus listens on 127.0.0.1 only, and messages are kept in a directory that only you can read.
More: ${home}
`;

const onPath =
  `The plugin runs \`hustings\` from the PATH: install the program first, as the project's README says.`;

const inPlugin =
  `The program is inside the plugin (\`bin/\`), for one platform. Codex does not tell a server where its
plugin lies: for Codex put the program on the PATH, too.`;

/**
 * The files of the plugin for Claude Code and Codex. Codex reads a manifest of its own where there is
 * one, and Claude's otherwise; it needs its own because it would run Claude's waiting hook, which
 * lasts as long as the session, and wait for its end. It tells hooks where the plugin lies, but not
 * servers, and a server that is started in the plugin's directory cannot tell where its agent works:
 * so Codex takes the program from the PATH in either case.
 */
export function pluginFiles(version: string, license: string, { inside }: PluginProgram): Files {
  const program = inside === undefined ? about.name : `\${CLAUDE_PLUGIN_ROOT}/bin/${inside}`;
  const shown = {
    ...{ name: about.name, version, description: about.description },
    ...{ author: { name: about.author }, homepage: home, repository: home },
    ...{ license: about.license, keywords: about.keywords },
  };
  const server = (command: string) => ({ [about.name]: { command } });
  return {
    ".claude-plugin/plugin.json": json(shown),
    ".codex-plugin/plugin.json": json({
      ...shown,
      ...{ skills: "./skills/", mcpServers: server(about.name), hooks: "./hooks/codex.json" },
      interface: { displayName: about.title, shortDescription: about.description },
    }),
    ".mcp.json": json({ mcpServers: server(program) }),
    "hooks/hooks.json": json(hookFile("claude", inside === undefined ? program : `"${program}"`)),
    "hooks/codex.json": json(hookFile("codex", about.name)),
    "skills/hustings/SKILL.md": `---\nname: ${about.name}\ndescription: ${
      JSON.stringify(guideUse)
    }\n---\n\n${guide}`,
    "README.md": readme(inside === undefined ? onPath : inPlugin),
    "LICENSE": license,
  };
}

/** The file that makes a directory a marketplace, with the plugin below it at `source`. */
export function marketplaceFile(version: string, source: string): Files {
  return {
    ".claude-plugin/marketplace.json": json({
      name: about.name,
      description: about.description,
      owner: { name: about.author },
      plugins: [{ name: about.name, source, version, description: about.description }],
    }),
  };
}
