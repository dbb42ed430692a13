import type { PausedView, StoppedView } from "../../core/bus_events.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { nearNames } from "../../core/names.ts";
import type { PauseOperation, StopOperation } from "../../core/view_operations.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { checkOwnName } from "./take_name.ts";

/** Whether a person holds up what is queued in `mailbox`. */
export function isPaused({ oversight }: Transaction, mailbox: Mailbox | undefined): boolean {
  return mailbox?.paused === true || oversight.isEveryonePaused();
}

/** Who is paused: everyone, and those that are by themselves. */
export function pausedView(
  { mailboxes, oversight }: Omit<Transaction, "messages">,
): PausedView {
  return { everyone: oversight.isEveryonePaused(), names: mailboxes.paused() };
}

/**
 * Pauses somebody, or everyone, or the opposite; repeatable. Returns the mailboxes for which that may be
 * news. Throws `bad_name`, and `no_recipient` for a name that nobody has.
 */
export function pause(
  transaction: Transaction,
  { name, paused }: PauseOperation,
  atMs: number,
): number[] {
  const { mailboxes, oversight } = transaction;
  if (name === "*") {
    oversight.pauseEveryone(paused);
    return mailboxes.all().map(({ id }) => id);
  }
  const known = mailboxes.byName(checkOwnName(name)) ?? mailboxes.forwarded(name, atMs);
  if (known?.owner === undefined) throw nobodyToPause(transaction, name, paused);
  mailboxes.pause(known.id, paused);
  return [known.id];
}

/**
 * Stops the conversation of a message, or lets it go on; repeatable. Throws `no_such_message`, and
 * `too_many_requests` beyond `limits.stoppedThreads`.
 */
export function stopThread(
  { messages, oversight }: Transaction,
  { thread: written, stopped }: StopOperation,
  atMs: number,
): StoppedView {
  // The first message of a conversation may be forgotten before the others.
  const thread = messages.byId(written)?.thread ?? written;
  const page = { limit: 1, before: Number.MAX_SAFE_INTEGER, partner: undefined, reader: undefined };
  const isKnown = oversight.isStopped(thread) || messages.everyones({ ...page, thread }).length > 0;
  if (!isKnown) {
    throw new HustingsError(
      "no_such_message",
      `There is no message ${written} on this bus: look its number up in the history`,
    );
  }
  if (stopped && !oversight.isStopped(thread)) {
    if (oversight.stopped().length >= limits.stoppedThreads) throw tooManyStopped();
    oversight.stop(thread, atMs);
  } else if (!stopped) oversight.resume(thread);
  return { threads: oversight.stopped() };
}

/**
 * Throws `too_many_requests` for an agent's answer in a conversation that a person has stopped. A person's
 * answer lets it go on: returns true then.
 */
export function passStop(
  { oversight }: Transaction,
  thread: number,
  isHuman: boolean,
): boolean {
  if (!oversight.isStopped(thread)) return false;
  if (isHuman) return oversight.resume(thread);
  throw new HustingsError(
    "too_many_requests",
    `A person has stopped the conversation that began with message ${thread}, so this answer was not ` +
      "sent. It goes on once a person writes in it or resumes it: tell your user, and do not go on " +
      "with it in another conversation",
  );
}

function nobodyToPause(
  { mailboxes }: Transaction,
  name: string,
  paused: boolean,
): HustingsError {
  const owned = mailboxes.all().filter(({ owner }) => owner !== undefined);
  const near = nearNames(name, owned.map((mailbox) => mailbox.name)).map((each) => `'${each}'`);
  const cure = near.length > 0
    ? `did you mean ${near.join(" or ")}?`
    : "'hustings list --all' shows who there is";
  const verb = paused ? "paused" : "resumed";
  return new HustingsError(
    "no_recipient",
    `Nobody is called '${name}', so nobody is ${verb}: ${cure}`,
  );
}

function tooManyStopped(): HustingsError {
  return new HustingsError(
    "too_many_requests",
    `${limits.stoppedThreads} conversations are stopped already: let one of them go on first`,
  );
}
