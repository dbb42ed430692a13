import { HustingsError } from "./errors.ts";
import { Fields, shown } from "./fields.ts";
import { limits } from "./limits.ts";
import type { Operation, OperationName } from "./operations.ts";

/** Reads the operation of a request; throws `bad_request` naming field, value and rule. */
export function decodeOperation(object: Record<string, unknown>): Operation {
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
    ...fields.optional("everyone", () => fields.flag("everyone")),
    ...fields.optional("thread", () => fields.whole("thread", 1, Number.MAX_SAFE_INTEGER)),
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
  observe: (fields) => ({
    op: "observe",
    waitMs: fields.whole("waitMs", 0, limits.waitMs),
    ...fields.optional("cursor", () => fields.text("cursor", limits.cursorLength)),
  }),
  pause: (fields) => ({
    op: "pause",
    name: fields.text("name", 256),
    paused: fields.flag("paused"),
  }),
  stop: (fields) => ({
    op: "stop",
    thread: fields.whole("thread", 1, Number.MAX_SAFE_INTEGER),
    stopped: fields.flag("stopped"),
  }),
  status: () => ({ op: "status" }),
  handover: () => ({ op: "handover" }),
  ping: () => ({ op: "ping" }),
  bye: () => ({ op: "bye" }),
};
