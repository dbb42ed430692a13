import { JetStreamApiError } from "@nats-io/jetstream";
import assert from "node:assert/strict";
import { KeyedRecords } from "../../../lib/bus/nats/keyed_records.ts";
import type { Link } from "../../../lib/bus/nats/link.ts";
import { realmNames } from "../../../lib/bus/nats/realm_names.ts";

/** Servers that take a record, lose their leader before they say so, and know of no repeats then. */
function forgetfulServers(between: () => void = () => {}) {
  const records = new Map<string, { readonly seq: number; readonly data: Uint8Array }>();
  let last = 0;
  let isLeaderNew = false;
  const store = (subject: string, data: Uint8Array) =>
    records.set(subject, { seq: ++last, data }).get(subject)!.seq;
  const publish = (
    subject: string,
    body: Uint8Array,
    { expect }: { readonly expect?: { readonly lastSubjectSequence: number } },
  ) => {
    const expected = expect?.lastSubjectSequence;
    if (expected !== undefined && expected !== (records.get(subject)?.seq ?? 0)) {
      const wrong = { code: 400, "err_code": 10071, description: "wrong last sequence" };
      return Promise.reject(new JetStreamApiError(wrong));
    }
    const seq = store(subject, body);
    if (isLeaderNew) return Promise.resolve({ seq });
    isLeaderNew = true;
    between();
    return Promise.reject(new Error("the connection was lost"));
  };
  const getMessage = (_stream: string, query: { readonly last_by_subj: string }) =>
    Promise.resolve(records.get(query.last_by_subj) ?? null);
  const link = {
    names: realmNames("team"),
    js: { publish },
    jsm: { streams: { getMessage } },
    run: async <T>(step: () => Promise<T>) => {
      try {
        return await step();
      } catch {
        return await step();
      }
    },
  } as unknown as Link;
  return { link, store };
}

Deno.test("write whose answer was lost is known as done, also by servers that forgot that it is a repeat", async () => {
  const { link } = forgetfulServers();
  const records = new KeyedRecords<{ readonly holder: string }>(link, "mail");
  const written = await records.put("open.1", { holder: "me" }, { expected: 0, repeatId: "once" });
  assert.equal(written, 1);
});

Deno.test("write whose answer was lost is not taken for done where another one followed", async () => {
  const others = new TextEncoder().encode(JSON.stringify({ holder: "you" }));
  const { link, store } = forgetfulServers(() => store("$KV.mail.open.1", others));
  const records = new KeyedRecords<{ readonly holder: string }>(link, "mail");
  const written = await records.put("open.1", { holder: "me" }, { expected: 0, repeatId: "once" });
  assert.equal(written, undefined);
});
