import { toHustingsError } from "../core/errors.ts";
import { SqliteStore } from "../store/sqlite_store.ts";
import type { Store } from "../store/store.ts";
import { readEndpoint, writeEndpoint } from "./endpoint_file.ts";
import type { StateDirectory } from "./state_directory.ts";
import { StoreLock } from "./store_lock.ts";
import type { Claim } from "./world.ts";

/** The store in the hands of a broker. */
export interface Hold {
  readonly store: Store;
  readonly lock: StoreLock;
}

/**
 * Claims the store for a process that has bound `port`: takes the lock, raises the epoch, publishes
 * the endpoint. Where another holds the lock, says who that is; it is not deposed, even when it
 * cannot be reached (a stopped holder is still to be told from one in another network namespace).
 */
export function claim(
  directory: StateDirectory,
  by: { readonly port: number; readonly pid: number; readonly atMs: number },
): Claim<Hold> {
  let lock: StoreLock | undefined;
  let store: Store | undefined;
  try {
    lock = StoreLock.take(directory.lock);
    if (lock === undefined) {
      const holder = readEndpoint(directory.holder);
      return { event: { kind: "held", ...(holder === undefined ? {} : { holder }) } };
    }
    store = SqliteStore.open(directory.store);
    const epoch = store.claim(by);
    const endpoint = { port: by.port, pid: by.pid, epoch };
    writeEndpoint(directory.holder, endpoint);
    writeEndpoint(directory.endpoint, endpoint);
    return { event: { kind: "claimed", epoch }, hold: { store, lock } };
  } catch (error) {
    store?.close();
    lock?.release();
    return { event: { kind: "refused", error: toHustingsError(error) } };
  }
}
