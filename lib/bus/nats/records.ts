import type { DeliveryState } from "../../core/delivery.ts";
import type { Activity, Reach } from "../../core/types.ts";
import type { RoomWay } from "../../store/store.ts";

/**
 * What lies in the buckets of a bus on NATS, as JSON. A box is an address: its id is made once, at random,
 * and never changes, so that a name which changes hands never takes a message with it.
 */

/** Directory, `name.<lowercase>`: whose it is, or where the old name leads and until when. */
export interface NameRecord {
  readonly box: number;
  /** Present where it only forwards. */
  readonly untilMs?: number;
}

/** Directory, `box.<id>`. */
export interface BoxRecord {
  readonly name: string;
  /** Absent while nobody has taken the name. */
  readonly owner?: {
    readonly client: string;
    readonly directory: string;
    readonly machine: string;
  };
  readonly shared?: true;
  /** The process that holds it; never that of a shared one. */
  readonly instance?: string;
  readonly pid?: number;
  /** What is made of the client's own id of the conversation: nobody can read it back. */
  readonly session?: string;
  readonly branch?: string;
  readonly sinceMs: number;
  /** By the room's key: how it is in it, or that it left. */
  readonly rooms?: Readonly<Record<string, RoomWay>>;
  /** Boxes whose names it took: what lies in them, and what comes there, is its own. */
  readonly also?: readonly number[];
  readonly paused?: true;
  /** It is being removed, since then: whoever still means it takes this back. */
  readonly closingMs?: number;
}

/** Directory, `room.<lowercase>`. */
export interface RoomRecord {
  readonly name: string;
  readonly repository?: string;
}

/** Live, `<instance>`: renewed while the process runs, gone soon after it. */
export interface LiveRecord {
  readonly box: number;
  readonly pid: number;
  readonly machine: string;
  readonly atMs: number;
  /** In what time it gives the next sign at the latest. */
  readonly renewMs?: number;
  /** How often what it tells has changed: of two records of one process, that with more is the newer one. */
  readonly changes?: number;
  readonly unread: number;
  readonly waiting?: true;
  /** It only speaks for the process that holds the box: a hook of its session. */
  readonly attends?: true;
  readonly activity?: Activity;
  readonly activitySinceMs?: number;
  /** The last sign of work, about. */
  readonly workedMs?: number;
  readonly reach?: Reach;
}

/** Mail, `open.<box>.<sender>.<message>`: not read yet. */
export interface OpenRecord {
  readonly state: Extract<DeliveryState, "accepted" | "handed">;
  readonly uuid: string;
  readonly from: string;
  readonly thread: number;
  readonly replyTo?: number;
  readonly textBytes: number;
  readonly human?: true;
  /** When it came into this state. */
  readonly atMs: number;
  /** Who was handed it, and with which of its checks. */
  readonly instance?: string;
  readonly request?: number;
  /** It may have been seen before. */
  readonly redelivered?: true;
}

/** Mail, `done.<box>.<sender>.<message>`. */
export interface DoneRecord {
  readonly state: Extract<DeliveryState, "read" | "answered">;
  readonly atMs: number;
}

/** The body of a message in its stream; its id is the sequence there. */
export interface MessageRecord {
  readonly uuid: string;
  readonly sender: number;
  readonly from: string;
  /** As the sender wrote them. */
  readonly to: readonly string[];
  /** The boxes that it went to, with their names at that time. */
  readonly readers: readonly (readonly [box: number, name: string])[];
  /** Absent for the first message of a conversation. */
  readonly thread?: number;
  readonly replyTo?: number;
  readonly atMs: number;
  readonly human?: true;
  /** The text, or the number of parts in which it lies, and how long it is. */
  readonly text?: string;
  readonly parts?: number;
  readonly textBytes: number;
}
