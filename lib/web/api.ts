import type { Bus, HistoryOptions, Outgoing } from "../bus/bus.ts";
import { HustingsError } from "../core/errors.ts";
import { Fields } from "../core/fields.ts";
import { limits } from "../core/limits.ts";
import { outlook } from "../cli/receipt_view.ts";
import type { Clock } from "../core/clock.ts";
import type { FindingsDesk } from "./findings_desk.ts";
import type { Person } from "./person.ts";
import type { SentView } from "./protocol.ts";

/** What the dashboard asks and tells. */
export interface Desk {
  /** Looks on and holds up, and is no member. */
  readonly bus: Bus;
  readonly person: Person;
  readonly findings: FindingsDesk;
  readonly clock: Clock;
}

type Body = Record<string, unknown>;

/**
 * What a page can ask, by path. Each rejects with a `HustingsError`: `bad_request` for a body that is not
 * as it has to be, and what the bus says.
 */
export const api: Readonly<Record<string, (desk: Desk, body: Body) => Promise<unknown>>> = {
  "/api/history": ({ bus }, body) => bus.history(historyOptions(body)),
  "/api/findings": ({ findings }, body) => {
    new Fields(body, []).done();
    return findings.ask();
  },
  "/api/join": ({ person }, body) => {
    const fields = new Fields(body, []);
    const name = fields.text("name", 256);
    fields.done();
    return person.join(name);
  },
  "/api/send": async ({ person, clock }, body) => {
    const { id, recipients } = await person.send(outgoing(body));
    const nowMs = clock.wallMs();
    const lines = recipients.map((each) => ({ name: each.name, outlook: outlook(each, nowMs) }));
    return { id, recipients: lines } satisfies SentView;
  },
  "/api/shown": ({ person }, body) => {
    const fields = new Fields(body, []);
    const ids = fields.wholes("ids", limits.checkMessages);
    fields.done();
    person.shown(ids);
    return Promise.resolve({});
  },
  "/api/pause": ({ bus }, body) => {
    const fields = new Fields(body, []);
    const options = { name: fields.text("name", 256), paused: fields.flag("paused") };
    fields.done();
    return bus.pause(options);
  },
  "/api/stop": ({ bus }, body) => {
    const fields = new Fields(body, []);
    const options = { thread: messageId(fields, "thread"), stopped: fields.flag("stopped") };
    fields.done();
    return bus.stopThread(options);
  },
};

function historyOptions(body: Body): HistoryOptions {
  const fields = new Fields(body, []);
  const options = {
    everyone: true as const,
    limit: fields.whole("limit", 1, limits.historyEntries),
    ...fields.optional("before", () => messageId(fields, "before")),
    ...fields.optional("search", () => fields.text("search", limits.searchLength)),
    ...fields.optional("thread", () => messageId(fields, "thread")),
  };
  fields.done();
  return options;
}

function outgoing(body: Body): Outgoing {
  const fields = new Fields(body, []);
  const message = {
    to: fields.texts("to", limits.recipients, 256),
    text: fields.text("text", limits.frameBytes),
    ...fields.optional("replyTo", () => messageId(fields, "replyTo")),
  };
  fields.done();
  if (message.to.length > 0 || message.replyTo !== undefined) return message;
  throw new HustingsError("no_recipient", "Say to whom it goes: a name, a room (#shop) or *");
}

function messageId(fields: Fields, name: string): number {
  return fields.whole(name, 1, Number.MAX_SAFE_INTEGER);
}
