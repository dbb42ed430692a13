/** What this process read once and needs no more, and what it never needs. */
const unneeded = ["env", "sys", "ffi", "import"] as const;

/**
 * Gives up, for good, what a server does not need once its agent is on the bus. It keeps the network,
 * as a server of the bus may name others to come back to, the files of the bus and of the project, and to run
 * programs: `ps` tells of a stopped broker, `codex` wakes its sessions, and what the user has allowed.
 */
export function dropPrivileges(): void {
  for (const name of unneeded) Deno.permissions.revokeSync({ name });
}
