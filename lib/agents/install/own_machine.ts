import { HustingsError } from "../../core/errors.ts";
import type { Machine } from "./client_places.ts";

/**
 * This machine as its environment tells of it; on Windows a shell from elsewhere may have set HOME, and AI
 * clients go by the profile. Throws `bad_request` where that names no home.
 */
export function ownMachine(
  env: Machine["env"] = (name) => Deno.env.get(name),
  os: Machine["os"] = Deno.build.os,
): Machine {
  const home = os === "windows" ? env("USERPROFILE") : env("HOME");
  if (home) return { os, env, home };
  const variable = os === "windows" ? "USERPROFILE" : "HOME";
  throw new HustingsError(
    "bad_request",
    `There is no ${variable} in the environment, below which the clients keep their configuration: set it`,
  );
}
