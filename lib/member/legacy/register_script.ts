import { HustingsError } from "../../core/errors.ts";
import { isLegacy, legacyOwner } from "../../core/legacy_owner.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { checkOwnName } from "../hub/take_name.ts";

/**
 * Gives the name to a script, under a new registration that ends all former ones of it; mail that waited
 * for the name comes along. Throws `name_in_use` for a name that an agent or a terminal has, or had as
 * long as the bus knows it, and for one that forwards; and `bad_name` for one that nobody can have.
 */
export function registerScript(
  { mailboxes }: Transaction,
  name: string,
  registration: string,
  atMs: number,
): Mailbox {
  const known = mailboxes.byName(checkOwnName(name));
  if (known !== undefined && !isScripts(known)) throw inUse(name, known);
  const renamed = known === undefined ? mailboxes.forwarded(name, atMs) : undefined;
  if (renamed !== undefined) throw forwards(name, renamed);
  const { id, name: spelled } = known ?? mailboxes.create(name, atMs);
  if (spelled !== name) mailboxes.rename(id, name, atMs);
  const { client, directory } = legacyOwner;
  const by = { client, directory, shared: true, instance: "", pid: 0, session: registration, atMs };
  mailboxes.occupy(id, by);
  return mailboxes.byId(id)!;
}

/** Nobody's yet, or a script's already. */
function isScripts({ owner, shared }: Mailbox): boolean {
  return owner === undefined || (shared && isLegacy(owner));
}

function inUse(name: string, { owner }: Mailbox): HustingsError {
  const message = `'${name}' is the name of an agent on this bus (${owner?.client}): ` +
    "choose another name";
  return new HustingsError("name_in_use", message);
}

function forwards(name: string, { name: now }: Mailbox): HustingsError {
  const message = `'${name}' was renamed to '${now}' within two hours and still forwards to it: ` +
    "choose another name";
  return new HustingsError("name_in_use", message);
}
