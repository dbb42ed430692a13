import type { AttendOperation } from "../../core/operations.ts";

/** By what the hooks of a member's session find it. */
export interface Kin {
  readonly client: string;
  readonly directory: string;
  readonly session: string | undefined;
  readonly parent: number | undefined;
}

/**
 * Whom the caller may speak for: the member of its session, or the only one of which no session is
 * known and whose client is among the caller's ancestors. Never one of several that could be meant.
 */
export function kinOf<T extends { readonly kin: Kin }>(
  members: readonly T[],
  caller: Omit<AttendOperation, "op" | "instance">,
): T | undefined {
  const near = members.filter(({ kin }) => isNear(kin, caller));
  const known = near.filter(({ kin }) =>
    caller.session !== undefined && kin.session === caller.session
  );
  if (known.length > 0) return known.length === 1 ? known[0] : undefined;
  const ancestors = new Set(caller.ancestors ?? []);
  const related = near.filter(({ kin: { session, parent } }) => {
    const isOpen = session === undefined || caller.session === undefined;
    return isOpen && parent !== undefined && ancestors.has(parent);
  });
  return related.length === 1 ? related[0] : undefined;
}

/** A hook may run in a folder below the directory of its session. */
function isNear(
  kin: Kin,
  { client, directory }: Pick<AttendOperation, "client" | "directory">,
): boolean {
  if (kin.client !== client) return false;
  const below = directory.startsWith(kin.directory) ? directory.slice(kin.directory.length) : "no";
  return below === "" || /^[\\/]/.test(below) || /[\\/]$/.test(kin.directory);
}
