import { HustingsError } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import { errorCodes } from "./errors.ts";
import { Fields, shown } from "./fields.ts";
import type { AdoptOperation, ImportOperation } from "./import_operations.ts";
import { limits } from "./limits.ts";
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

/**
 * What members say to their broker. One frame holds one JSON object: a request (`id`, `op` and the
 * operation's fields), or, the other way, a reply (`id` and `ok` or `error`) or an event (`event`).
 * Repeating a request with its id changes nothing that the first one did.
 */

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
  status: StatusResult;
  handover: HandoverResult;
  ping: Record<string, never>;
  bye: Record<string, never>;
}
export type OperationName = keyof Results;
export type ResultOf<O extends Operation> = Results[O["op"]];

export interface Request {
  /** Unique in its instance, growing. */
  readonly id: number;
  readonly operation: Operation;
}

export type Reply =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What a broker says unasked: it goes, so race now instead of at the end of the connection. */
export type BrokerEvent = { readonly event: "resigning" };

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** A request as the body of a frame. */
export function encodeRequest(request: Request): Uint8Array {
  return encoder.encode(JSON.stringify({ id: request.id, ...request.operation }));
}

/** What a broker says, as the body of a frame. */
export function encodeReply(reply: Reply | BrokerEvent): Uint8Array {
  return encoder.encode(JSON.stringify(reply));
}

/**
 * Reads a member's frame. Throws a fatal `protocol` error when it is no JSON object with a number
 * as id (nobody could be answered), and a `bad_request` with `requestId` set when a field is wrong.
 */
export function decodeRequest(body: Uint8Array): Request {
  const object = decodeObject(body);
  const id = object["id"];
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) {
    throw new HustingsError("protocol", "A request came without a whole number as its id", {
      fatal: true,
    });
  }
  try {
    return { id, operation: decodeOperation(object) };
  } catch (error) {
    throw new RequestError(id, error);
  }
}

/** A wrong field in a request that can be answered. The cause is the error to answer with. */
export class RequestError extends Error {
  override name = "RequestError";
  readonly requestId: number;

  constructor(requestId: number, cause: unknown) {
    super("A request cannot be carried out", { cause });
    this.requestId = requestId;
  }
}

/** Reads a broker's frame. Throws a fatal `protocol` error when it is neither a reply nor an event. */
export function decodeReply(body: Uint8Array): Reply | BrokerEvent {
  const object = decodeObject(body);
  if (object["event"] === "resigning") return { event: "resigning" };
  const id = object["id"];
  if (typeof id === "number" && "ok" in object) return { id, ok: object["ok"] };
  const error = object["error"];
  if (typeof id === "number" && typeof error === "object" && error !== null) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    const known = errorCodes.find((candidate) => candidate === code) ?? "internal";
    const said = typeof message === "string" ? message : "The broker gave no reason";
    return { id, error: { code: known, message: said } };
  }
  throw new HustingsError("protocol", "The broker sent what is neither a reply nor an event", {
    fatal: true,
  });
}

function decodeObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new HustingsError("protocol", "A frame holds no JSON", { fatal: true, cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new HustingsError("protocol", "A frame holds JSON that is no object", { fatal: true });
}

function decodeOperation(object: Record<string, unknown>): Operation {
  const op = object["op"];
  const read = typeof op === "string" && Object.hasOwn(readers, op)
    ? readers[op as OperationName]
    : undefined;
  if (read === undefined) {
    const known = Object.keys(readers).join(", ");
    throw new HustingsError("bad_request", `Unknown operation ${shown(op)}: use ${known}`);
  }
  const fields = new Fields(object, ["id", "op"]);
  const operation = read(fields);
  fields.done();
  return operation;
}

const activities = ["working", "idle"] as const;

const readers: Record<OperationName, (fields: Fields) => Operation> = {
  hello: (fields) => ({
    op: "hello",
    instance: fields.text("instance", 64),
    pid: fields.whole("pid", 0, Number.MAX_SAFE_INTEGER),
    client: fields.text("client", limits.pathLength),
    directory: fields.text("directory", limits.pathLength),
    ...fields.optional("name", () => fields.text("name", 256)),
    ...fields.optional("must", () => fields.flag("must")),
    ...fields.optional("shared", () => fields.flag("shared")),
    ...fields.optional("session", () => fields.text("session", 256)),
    ...fields.optional("parent", () => fields.id("parent")),
    ...fields.optional("repository", () => fields.text("repository", limits.pathLength)),
    ...fields.optional("branch", () => fields.text("branch", 256)),
    ...fields.optional("human", () => fields.flag("human")),
  }),
  attend: (fields) => ({
    op: "attend",
    instance: fields.text("instance", 64),
    client: fields.text("client", limits.pathLength),
    directory: fields.text("directory", limits.pathLength),
    ...fields.optional("session", () => fields.text("session", 256)),
    ...fields.optional("ancestors", () => fields.wholes("ancestors", limits.ancestors)),
    ...fields.optional("activity", () => fields.word("activity", activities)),
  }),
  send: (fields) => ({
    op: "send",
    message: fields.text("message", 64),
    to: fields.texts("to", limits.recipients, 256),
    text: fields.text("text", limits.frameBytes),
    ...fields.optional("replyTo", () => fields.whole("replyTo", 1, Number.MAX_SAFE_INTEGER)),
  }),
  check: (fields) => ({
    op: "check",
    waitMs: fields.whole("waitMs", 0, limits.waitMs),
    ...fields.optional("replyTo", () => fields.whole("replyTo", 1, Number.MAX_SAFE_INTEGER)),
    ...fields.optional("abandoned", () => fields.wholes("abandoned", limits.requestsUnderWay)),
    ...fields.optional("textBytes", () => fields.whole("textBytes", 1, limits.checkTextBytes)),
  }),
  watch: (fields) => ({
    op: "watch",
    waitMs: fields.whole("waitMs", 0, limits.watchMs),
    after: fields.id("after"),
  }),
  ack: (fields) => ({ op: "ack", messages: fields.wholes("messages", limits.checkMessages) }),
  release: (fields) => ({ op: "release", request: fields.id("request") }),
  cancel: (fields) => ({ op: "cancel", request: fields.id("request") }),
  rename: (fields) => ({ op: "rename", name: fields.text("name", 256) }),
  room: (fields) => ({
    op: "room",
    room: fields.text("room", 256),
    inside: fields.flag("inside"),
  }),
  history: (fields) => ({
    op: "history",
    limit: fields.whole("limit", 1, limits.historyEntries),
    ...fields.optional("with", () => fields.text("with", 256)),
    ...fields.optional("before", () => fields.whole("before", 1, Number.MAX_SAFE_INTEGER)),
    ...fields.optional("search", () => fields.text("search", limits.searchLength)),
  }),
  list: (fields) => ({ op: "list", ...fields.optional("all", () => fields.flag("all")) }),
  import: (fields) => ({
    op: "import",
    message: fields.text("message", 64),
    from: fields.text("from", 256),
    to: fields.text("to", 256),
    text: fields.text("text", limits.frameBytes),
    source: fields.text("source", 64),
    written: fields.text("written", 64),
  }),
  adopt: (fields) => ({
    op: "adopt",
    name: fields.text("name", 256),
    ...fields.optional("former", () => fields.text("former", 256)),
    ...fields.optional("untilMs", () => fields.whole("untilMs", 0, Number.MAX_SAFE_INTEGER)),
  }),
  status: () => ({ op: "status" }),
  handover: () => ({ op: "handover" }),
  ping: () => ({ op: "ping" }),
  bye: () => ({ op: "bye" }),
};
