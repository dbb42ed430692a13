/**
 * To whom the mailboxes belong that scripts of claude-ipc-mcp registered: a script does not tell in
 * which directory it runs, and is connected only while it asks for something.
 */
export const legacyOwner = { client: "legacy", directory: "" } as const;

/** True for the owner of a name that a legacy script registered. */
export function isLegacy(
  owner: { readonly client: string; readonly directory: string } | undefined,
): boolean {
  return owner?.client === legacyOwner.client && owner.directory === legacyOwner.directory;
}
