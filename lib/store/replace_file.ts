import { limits } from "../core/limits.ts";

/** What the platform does; tests have their own. */
export interface Replacing {
  readonly os: typeof Deno.build.os;
  rename(from: string, to: string): void;
  pause(forMs: number): void;
}

const thisMachine: Replacing = {
  os: Deno.build.os,
  rename: Deno.renameSync,
  pause: (forMs) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs),
};

/**
 * Gives `from` the name `to`, in place of what has it. Windows refuses that while somebody has one of
 * the two open, a scanner for viruses for example: it is tried again for some `limits.renameMs`. Throws
 * what the last try threw.
 */
export function replaceFile(from: string, to: string, by: Replacing = thisMachine): void {
  for (let waitedMs = 0;; waitedMs += limits.renamePauseMs) {
    try {
      return by.rename(from, to);
    } catch (error) {
      if (by.os !== "windows" || !isInUse(error) || waitedMs >= limits.renameMs) throw error;
      by.pause(limits.renamePauseMs);
    }
  }
}

/** Error 5, access denied, and 32, a sharing violation, for which Deno has no name on all versions. */
function isInUse(error: unknown): boolean {
  const isNamed = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.Busy;
  return isNamed || (error instanceof Error && error.message.includes("os error 32"));
}
