import type { ImportedName } from "../../bus/bus.ts";
import { nameKey } from "../../core/names.ts";
import { limits } from "../../core/limits.ts";
import type { LegacyInstance, LegacyRename } from "./legacy_store.ts";

/**
 * The names of claude-ipc-mcp as this bus takes them: first those that forward there at `nowMs`, each to
 * what it is called after all later changes, then all others. A name that somebody took again after it was
 * given up is a name, and does not forward.
 */
export function legacyNames(
  instances: readonly LegacyInstance[],
  renames: readonly LegacyRename[],
  nowMs: number,
): ImportedName[] {
  const seen = new Map(instances.map(({ name, seenMs }) => [nameKey(name), seenMs]));
  const forwards = new Map<string, ImportedName & { readonly former: string }>();
  // From the last one to the first: where a name leads to is known by then.
  for (const { former, name, atMs } of renames.toReversed()) {
    const key = nameKey(former);
    const isOver = !(atMs + limits.forwardMs > nowMs) || (seen.get(key) ?? 0) > atMs;
    if (isOver || forwards.has(key)) continue;
    const last = forwards.get(nameKey(name))?.name ?? name;
    if (nameKey(last) === key) continue;
    forwards.set(key, { name: last, former, untilMs: Math.floor(atMs + limits.forwardMs) });
  }
  const others = instances.filter(({ name }) => !forwards.has(nameKey(name)));
  return [...forwards.values(), ...others.map(({ name }) => ({ name }))];
}
