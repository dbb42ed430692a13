import { stateConditions } from "./state_conditions.ts";
import type { PastOptions } from "./store.ts";

/**
 * The query that finds what `options` ask for, with the values of its numbered places: ids and lengths of
 * texts in bytes. What it costs grows with the conversation, or with the page, not with the store.
 */
export function pastQuery(
  { limit, before, partner, thread, reader }: PastOptions,
): { readonly sql: string; readonly values: readonly (number | null)[] } {
  const conditions = [
    ...(thread === undefined
      ? []
      : ["id IN (SELECT ?3 UNION ALL SELECT id FROM messages WHERE thread = ?3)"]),
    ...(partner === undefined
      ? []
      : thread === undefined
      ? [`id IN (${pageOf("?4", stateConditions)})`]
      : [involves("?4", "TRUE")]),
    ...(reader === undefined ? [] : [involves("?5", "state >= 2")]),
  ];
  // All places are named once, so that each of them may be left out below.
  const sql = `WITH places AS (SELECT ?1, ?2, ?3, ?4, ?5)
    SELECT id, octet_length(text) AS bytes FROM messages
    WHERE id < ?1 ${conditions.map((each) => `AND ${each}`).join(" ")} ORDER BY id DESC LIMIT ?2`;
  return { sql, values: [before, limit, thread ?? null, partner ?? null, reader ?? null] };
}

function involves(mailbox: string, state: string): string {
  return `(sender = ${mailbox} OR EXISTS (SELECT 1 FROM deliveries
    WHERE message = messages.id AND mailbox = ${mailbox} AND ${state}))`;
}

/** The newest that the mailbox sent or got, each found by its index. */
function pageOf(mailbox: string, states: readonly string[]): string {
  const got = states.map((state) =>
    `SELECT message FROM (SELECT message FROM deliveries
      WHERE mailbox = ${mailbox} AND message < ?1 AND ${state} ORDER BY message DESC LIMIT ?2)`
  );
  const sent = `SELECT id FROM (SELECT id FROM messages
    WHERE sender = ${mailbox} AND id < ?1 ORDER BY id DESC LIMIT ?2)`;
  return [sent, ...got].join(" UNION ");
}
