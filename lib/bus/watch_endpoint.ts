import { basename } from "node:path";
import type { StateDirectory } from "../member/state_directory.ts";
import type { Signposts } from "./onlooker.ts";

/**
 * Looks out for brokers that say where they are. Undefined where the state directory is not there yet, or
 * the system does not tell of changes in it.
 */
export function watchEndpoint(
  { path, endpoint }: Pick<StateDirectory, "path" | "endpoint">,
): Signposts | undefined {
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(path, { recursive: false });
  } catch {
    return undefined;
  }
  let said = Promise.withResolvers<void>();
  const listen = async () => {
    for await (const { paths } of watcher) {
      if (!paths.some((each) => basename(each) === basename(endpoint))) continue;
      said.resolve();
      said = Promise.withResolvers();
    }
  };
  // A watch that fails tells of nothing: the looks between go on.
  listen().catch(() => {});
  return { next: () => said.promise, close: () => watcher.close() };
}
