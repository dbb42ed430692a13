/** How to start this program once more: the compiled binary, or deno with the program's source. */
export function ownCommand(): { readonly command: string; readonly args: readonly string[] } {
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args: [] };
  const { mainModule } = Deno;
  const source = mainModule.startsWith("file:") ? decodedPath(mainModule) : mainModule;
  return { command, args: ["run", "-A", source] };
}

function decodedPath(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}
