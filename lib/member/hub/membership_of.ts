import type { HelloOperation } from "../../core/operations.ts";
import type { Membership } from "./session.ts";

/**
 * Who a session speaks for once it has said `hello` and has its mailbox. A process that does not know its
 * conversation keeps the one of which a hook told.
 */
export function membershipOf(
  hello: HelloOperation,
  mailbox: number,
  former: Membership | undefined,
): Membership {
  const { instance, client, directory, parent, human } = hello;
  const told = former?.instance === instance ? former.kin?.session : undefined;
  const session = hello.session ?? told;
  return { instance, mailbox, kin: { client, directory, session, parent }, human: human ?? false };
}
