/**
 * Which files are under the name of a store now: the database, and the index of its log. Who shares
 * only the one with others sees nothing of their locks, nor they of its own. The same for every store
 * where the system does not tell.
 */
export function storeIdentity(path: string): string {
  return `${fileIdentity(path)} ${fileIdentity(`${path}-shm`)}`;
}

function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return ino === null ? undefined : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
