import type { LiveRecord } from "./records.ts";

/** What this process tells of itself; undefined takes it back. */
export type LiveChange = {
  [K in keyof Omit<LiveRecord, "pid" | "machine" | "atMs" | "renewMs" | "changes">]?:
    | LiveRecord[K]
    | undefined;
};

/** What a process tells of itself once that has changed. */
export function changedLive(record: LiveRecord, change: LiveChange): LiveRecord {
  const all = Object.entries({ ...record, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all) as unknown as LiveRecord;
}
