import type { Holder } from "../core/election.ts";
import { HustingsError, toHustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { isBusy, isFull } from "../store/database.ts";
import { faultInUse, openAsHeir, openSound } from "../store/open_sound.ts";
import { readReign } from "../store/read_reign.ts";
import { Reserve } from "../store/reserve.ts";
import { SqliteStore } from "../store/sqlite_store.ts";
import type { Reign, Store } from "../store/store.ts";
import { endStopped, ownStartMs } from "./end_stopped.ts";
import { aboutStopped, endCommand } from "./ending_words.ts";
import { readEndpoint, writeEndpoint } from "./endpoint_file.ts";
import type { Endpoint } from "./endpoint_file.ts";
import { ownNetwork } from "./own_network.ts";
import type { StateDirectory } from "./state_directory.ts";
import { StoreLock } from "./store_lock.ts";
import type { Claim } from "./world.ts";

/** The store in the hands of a broker. */
export interface Hold {
  readonly store: Store;
  /** Undefined while a holder that was passed over still has it. */
  lock: StoreLock | undefined;
}

/** Who claims, and where it will serve. */
export interface Claimant {
  readonly port: number;
  readonly pid: number;
  readonly atMs: number;
}

/**
 * Claims the store for a process that has bound `port`: takes the lock, raises the epoch, publishes
 * the endpoint. Where there is a broker, or may be one, says who: the holder of the lock, or, where
 * that one's epoch is over, the one that passed it over.
 */
export function claim(directory: StateDirectory, by: Claimant, heir: boolean): Claim<Hold> {
  return attempt(directory, (opened) => {
    const lock = opened.takeLock();
    const reign = heir && lock !== undefined ? opened.openAsHeir()?.reign() : undefined;
    const last = lastBroker(directory, lock !== undefined, reign);
    if (lock === undefined) return held(last);
    // A free lock says nothing of a broker that never had it.
    if (last?.lockless) return held({ ...last, lockFree: true });
    return claimed(directory, by, opened, opened.openStore(by.atMs).claim(by));
  });
}

/**
 * Claims it over the broker of epoch `judged`, which is silent and may still have the lock. Where
 * the epoch is another one by now, somebody was faster: `held`.
 *
 * A broker that was stopped inside a commit keeps SQLite's lock, and nobody could write until it
 * went on. Where it is certain which process that is, it is ended: what it had not committed was
 * acknowledged to nobody. Elsewhere the user is told what to do.
 */
export function depose(directory: StateDirectory, by: Claimant, judged: number): Claim<Hold> {
  return attempt(directory, (opened) => {
    const lock = opened.takeLock();
    // Only who has the lock may set a damaged store aside.
    const fault = lock === undefined ? faultInUse(directory) : undefined;
    if (fault !== undefined) return ended(directory, judged, damagedInUse(fault));
    try {
      const store = opened.openStore(by.atMs);
      const epoch = store.claimOver(judged, by);
      if (epoch === undefined) return held(store.reign());
      return claimed(directory, by, opened, epoch);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return ended(directory, judged, insideCommit);
    }
  });
}

/**
 * Ends the broker of epoch `judged` where it is certain which process that is. Its locks go when the
 * system has cleared it away: the next round finds them free. Elsewhere `why` tells the user.
 */
function ended(
  directory: StateDirectory,
  judged: number,
  why: (pid: number) => HustingsError,
): Claim<Hold> {
  const endpoint = readEndpoint(directory.endpoint);
  if (endpoint?.epoch !== judged) return held(undefined);
  if (endStopped(endpoint)) return held(endpoint);
  return { event: { kind: "held", holder: endpoint, why: why(endpoint.pid) } };
}

/** What a claim has opened: kept by a success, closed by everything else. */
class Opened {
  readonly #directory: StateDirectory;
  readonly reserve: Reserve;
  store: Store | undefined;
  lock: StoreLock | undefined;

  constructor(directory: StateDirectory) {
    this.#directory = directory;
    this.reserve = new Reserve(directory.reserve, limits.reserveBytes);
  }

  takeLock(): StoreLock | undefined {
    return this.lock = this.reserve.lend(() => StoreLock.take(this.#directory.lock), isFull);
  }

  /** Undefined where that is not enough: `openStore` looks for more. */
  openAsHeir(): Store | undefined {
    return this.store = openAsHeir(this.#directory, this.reserve);
  }

  /** Only who has the lock may look for damage, and set a store aside. */
  openStore(atMs: number): Store {
    const { reserve, lock } = this;
    const { store, mark } = this.#directory;
    return this.store ??= lock === undefined
      ? SqliteStore.open(store, { reserve, mark })
      : openSound({ store, mark }, reserve, atMs);
  }

  close(): void {
    this.store?.close();
    this.lock?.release();
  }
}

/** Whatever goes wrong, what was opened is closed and the election told. */
function attempt(
  directory: StateDirectory,
  body: (opened: Opened) => Claim<Hold>,
): Claim<Hold> {
  const opened = new Opened(directory);
  try {
    const claim = body(opened);
    if (claim.hold === undefined) opened.close();
    return claim;
  } catch (error) {
    opened.close();
    const said = toHustingsError(error);
    // Others claim at this moment, or open the store: the next round finds out how that ended.
    if (isBusy(error)) return { event: { kind: "held", why: said } };
    return { event: { kind: "refused", error: said } };
  }
}

function claimed(
  directory: StateDirectory,
  { port, pid, atMs }: Claimant,
  opened: Opened,
  epoch: number,
): Claim<Hold> {
  const { lock, reserve } = opened;
  // With the lock it tells at its first upkeep: nobody takes it for dead before, and others wait.
  const network = lock === undefined ? ownNetwork() : undefined;
  const endpoint = { port, pid, epoch, ...(network === undefined ? {} : { network }) };
  // Whatever stands in the way of such small files, more space does no harm.
  reserve.lend(() => publish(directory, endpoint, lock !== undefined), () => true);
  return { event: { kind: "claimed", epoch }, hold: { store: opened.openStore(atMs), lock } };
}

/** Tells others where the broker is; `hasLock`: and that it is this one who has the lock. */
export function publish(directory: StateDirectory, endpoint: Endpoint, hasLock: boolean): void {
  const said = { ...endpoint, startMs: ownStartMs };
  if (hasLock) writeEndpoint(directory.holder, said);
  writeEndpoint(directory.endpoint, said);
}

function held(holder: Holder | undefined): Claim<Hold> {
  return { event: { kind: "held", ...(holder === undefined ? {} : { holder }) } };
}

/**
 * The store is only read: it may not be there yet, or be set aside at this moment, and who has the lock
 * makes the next one. Nor is it opened where its broker has lost the index of the log, as that would
 * be made anew. An heir knows the last `reign` already.
 */
function lastBroker(
  directory: StateDirectory,
  isFree: boolean,
  known: Reign | undefined,
): Holder | undefined {
  const holder = readEndpoint(directory.holder);
  if (holder === undefined || (!isFree && faultInUse(directory) !== undefined)) return holder;
  const reign = known ?? readReign(directory.store);
  if (reign === undefined || reign.epoch <= holder.epoch) return holder;
  const endpoint = readEndpoint(directory.endpoint);
  const network = endpoint?.epoch === reign.epoch ? endpoint.network : undefined;
  const isElsewhere = network !== undefined && network !== ownNetwork();
  return { ...reign, lockless: true, ...(isElsewhere ? { elsewhere: true } : {}) };
}

function damagedInUse(fault: string): (pid: number) => HustingsError {
  return (pid) =>
    new HustingsError(
      "store_damaged",
      `The message store was damaged while its broker, process ${pid}, is stopped (${fault}): end it ` +
        `(${
          endCommand(pid)
        }), and the next broker sets the damaged files aside and saves what it can`,
    );
}

function insideCommit(pid: number): HustingsError {
  return new HustingsError(
    "bus_down",
    `The broker, process ${pid}, was stopped in the middle of a commit, so that nobody can write: ` +
      `${aboutStopped(pid)}. Nothing was lost`,
  );
}
