import { about, home, toolList } from "./about.ts";
import { json } from "./files.ts";
import type { Files } from "./files.ts";
import type { Platform } from "./platforms.ts";

/**
 * The files of the bundle for Claude Desktop (MCPB, manifest 0.3), except the binary, which belongs at
 * `server/`. A manifest names systems and no processor: so there is a bundle for each platform.
 */
export function bundleFiles(version: string, license: string, platform: Platform): Files {
  const program = `server/${platform.program}`;
  return {
    "manifest.json": json({
      manifest_version: "0.3",
      ...{ name: about.name, display_name: about.title, version },
      ...{ description: about.description, long_description: about.longDescription },
      author: { name: about.author },
      repository: { type: "git", url: `${home}.git` },
      homepage: home,
      server: {
        type: "binary",
        entry_point: program,
        mcp_config: { command: `\${__dirname}/${program}`, args: [], env: {} },
      },
      tools: toolList(),
      ...{ keywords: about.keywords, license: about.license },
      compatibility: { platforms: [platform.node] },
    }),
    "LICENSE": license,
  };
}
