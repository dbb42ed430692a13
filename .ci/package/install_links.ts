import { about } from "./about.ts";

const server = { command: about.name };

/** What VS Code takes for a server: by a link, through its site, and by its own command line. */
export const vscodeLink = `vscode:mcp/install?${
  encodeURIComponent(JSON.stringify({ name: about.name, ...server }))
}`;
/** A page with links to other programs than browsers shows only these. */
export const vscodePage = `https://vscode.dev/redirect?url=${encodeURIComponent(vscodeLink)}`;
export const vscodeCommand = `code --add-mcp '${JSON.stringify({ name: about.name, ...server })}'`;

const query = `name=${about.name}&config=${encodeURIComponent(btoa(JSON.stringify(server)))}`;

/** What Cursor takes for a server: by a link, and through its site. */
export const cursorLink = `cursor://anysphere.cursor-deeplink/mcp/install?${query}`;
export const cursorPage = `https://cursor.com/en/install-mcp?${query}`;
