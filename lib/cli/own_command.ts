/** How to start this program once more: the compiled binary, or deno with the program's source. */
export function ownCommand(): { readonly command: string; readonly args: readonly string[] } {
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args: [] };
  const { mainModule } = Deno;
  const source = mainModule.startsWith("file:") ? decodedPath(mainModule) : mainModule;
  return { command, args: ["run", "-A", source] };
}

/** The path of a file's URL; on Windows it begins with the drive, or with the name of a share's host. */
export function decodedPath(url: string, os = Deno.build.os): string {
  const { hostname, pathname } = new URL(url);
  const path = decodeURIComponent(pathname);
  if (os !== "windows") return path;
  return hostname === "" ? path.slice(1) : `//${hostname}${path}`;
}
