import { stateDirectoryPath, stateFiles } from "../member/state_directory.ts";
import type { StateDirectory } from "../member/state_directory.ts";

/** The user's state directory by the environment. Throws `bad_request` where that names no home. */
export function ownStateDirectory(): StateDirectory {
  return stateFiles(stateDirectoryPath({ os: Deno.build.os, env: (name) => Deno.env.get(name) }));
}
