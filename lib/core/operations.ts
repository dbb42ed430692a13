import type { AdoptOperation, ImportOperation } from "./import_operations.ts";
import type { ObserveResult, PausedView, StoppedView } from "./bus_events.ts";
import type {
  Activity,
  AttendResult,
  CheckResult,
  HandoverResult,
  HelloResult,
  HistoryResult,
  ImportResult,
  ListResult,
  Receipt,
  RenameResult,
  RoomResult,
  StatusResult,
  WatchResult,
} from "./types.ts";
import type { ObserveOperation, PauseOperation, StopOperation } from "./view_operations.ts";

/** Presents a member: who it is and the name that it has or would like. */
export interface HelloOperation {
  readonly op: "hello";
  /** The process: a fresh UUID at each start; the holder of names and leases. */
  readonly instance: string;
  readonly pid: number;
  readonly client: string;
  readonly directory: string;
  readonly name?: string;
  /** `must`: fail when the name cannot be had; otherwise another one is found. */
  readonly must?: boolean;
  /** Several processes may act under the name at once: the commands of one terminal. */
  readonly shared?: boolean;
  /**
   * The client's own id of the conversation, where it tells one: it is the same when the conversation
   * is taken up again, and so is the name then. Nobody else is told it.
   */
  readonly session?: string;
  /** The process that started this one: the client. Its hooks descend from it, too. */
  readonly parent?: number;
  /** The directory of the repository that it works in: all who work there share a room. */
  readonly repository?: string;
  readonly branch?: string;
  /** A person types what this member sends. */
  readonly human?: boolean;
}

/**
 * Presents a process that speaks for a member without being one: a hook of its session. It may check,
 * watch and acknowledge as the member. The member is the one of `client` in `directory`, or in a folder
 * above it, with that `session`. Else it is the only one whose parent is among `ancestors`, unless
 * sessions are known of both and differ; of several it is none.
 */
export interface AttendOperation {
  readonly op: "attend";
  /** This process, as in `hello`: the holder of leases. */
  readonly instance: string;
  readonly client: string;
  readonly directory: string;
  readonly session?: string;
  /** The processes from which this one descends, nearest first. */
  readonly ancestors?: readonly number[];
  /** What the hook shows of its session. */
  readonly activity?: Activity;
}

export interface SendOperation {
  readonly op: "send";
  /** UUIDv7 made by the sender: what makes a repeat harmless. */
  readonly message: string;
  /** Names, rooms (`#shop`) or `*`; empty for an answer to the sender of `replyTo`. */
  readonly to: readonly string[];
  readonly text: string;
  readonly replyTo?: number;
}

export interface CheckOperation {
  readonly op: "check";
  /** How long to wait for the first message; 0 answers at once. */
  readonly waitMs: number;
  /** Only answers to this message; the others stay queued. */
  readonly replyTo?: number;
  /** Earlier checks that failed here: what they may have been handed was never seen. */
  readonly abandoned?: readonly number[];
  /** Hand over no more text than this, in UTF-8 bytes, but one message at least. */
  readonly textBytes?: number;
}

/**
 * Waits until something is queued for the member that nothing else will bring to its model: checks
 * that wait get it first, and while a turn is under way its hooks have `limits.workingMs` to show it.
 * Takes nothing. The newest watch for a member ends the older ones.
 */
export interface WatchOperation {
  readonly op: "watch";
  readonly waitMs: number;
  /** Only messages with a higher id: what was announced before. */
  readonly after: number;
}

/** Enters a room, which is made by that, or leaves it. Lasts until the opposite is said. */
export interface RoomOperation {
  readonly op: "room";
  /** With or without its `#`. */
  readonly room: string;
  readonly inside: boolean;
}

/** Asks who is there; without `all`, of those that are away only the last that were here. */
export interface ListOperation {
  readonly op: "list";
  readonly all?: boolean;
}

/** The texts were returned to the reader's model. */
export interface AckOperation {
  readonly op: "ack";
  readonly messages: readonly number[];
}

/** The messages that check `request` brought were not returned: queue them again, unmarked. */
export interface ReleaseOperation {
  readonly op: "release";
  readonly request: number;
}

/** Ends the wait of check or watch `request`; it answers with what it has. */
export interface CancelOperation {
  readonly op: "cancel";
  readonly request: number;
}

export interface RenameOperation {
  readonly op: "rename";
  readonly name: string;
}

export interface HistoryOperation {
  readonly op: "history";
  readonly limit: number;
  /** Only what was exchanged with this name. */
  readonly with?: string;
  /** Only entries with a lower id. */
  readonly before?: number;
  /** Only entries with this in their text, or in a name as it was written, in small letters or capitals. */
  readonly search?: string;
  /** All conversations of the bus, not only what the caller sent and received. */
  readonly everyone?: boolean;
  /** Only the conversation of this message. */
  readonly thread?: number;
}

export type Operation =
  | HelloOperation
  | AttendOperation
  | SendOperation
  | CheckOperation
  | WatchOperation
  | AckOperation
  | ReleaseOperation
  | CancelOperation
  | RenameOperation
  | RoomOperation
  | HistoryOperation
  | ListOperation
  | ImportOperation
  | AdoptOperation
  | ObserveOperation
  | PauseOperation
  | StopOperation
  | { readonly op: "status" }
  /** Asks the broker to let this process be it, which is no member. */
  | { readonly op: "handover" }
  | { readonly op: "ping" }
  | { readonly op: "bye" };

/** What each operation answers. */
export interface Results {
  hello: HelloResult;
  attend: AttendResult;
  send: Receipt;
  check: CheckResult;
  watch: WatchResult;
  ack: Record<string, never>;
  release: Record<string, never>;
  cancel: Record<string, never>;
  rename: RenameResult;
  room: RoomResult;
  history: HistoryResult;
  list: ListResult;
  import: ImportResult;
  adopt: ImportResult;
  observe: ObserveResult;
  pause: PausedView;
  stop: StoppedView;
  status: StatusResult;
  handover: HandoverResult;
  ping: Record<string, never>;
  bye: Record<string, never>;
}
export type OperationName = keyof Results;
export type ResultOf<O extends Operation> = Results[O["op"]];
