import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { mailKey } from "../../lib/bus/nats/mail_keys.ts";
import { realmNames } from "../../lib/bus/nats/realm_names.ts";
import type {
  BoxRecord,
  MessageRecord,
  NameRecord,
  OpenRecord,
} from "../../lib/bus/nats/records.ts";
import { inWindows } from "../../lib/bus/nats/in_windows.ts";

const text = "a short text, as agents write them";

/** Fills a realm that somebody has made with agents that are away, and with unread messages for them. */
export async function fillRealm(
  host: string,
  realm: string,
  agents: number,
  unread: number,
): Promise<void> {
  const connection = await connect({ servers: host });
  const js = jetstream(connection);
  const names = realmNames(realm);
  const atMs = Date.now();
  const boxes = Array.from({ length: agents }, (_, index) => ({ id: 1_000 + index, index }));
  await inWindows(boxes, async ({ id, index }) => {
    const owner = { client: "away", directory: `/away/${index}`, machine: "away" };
    const box: BoxRecord = { name: `away-${index}`, owner, sinceMs: atMs };
    const name: NameRecord = { box: id };
    await js.publish(`$KV.${names.directory}.box.${id}`, JSON.stringify(box));
    await js.publish(`$KV.${names.directory}.name.away-${index}`, JSON.stringify(name));
  });
  const messages = Array.from({ length: unread }, (_, index) => index);
  await inWindows(messages, async (index) => {
    const reader = boxes[index % agents]!;
    const sender = boxes[(index + 1) % agents]!;
    const uuid = `away-${index}`;
    const from = `away-${sender.index}`;
    const readers = [[reader.id, `away-${reader.index}`]] as const;
    const message: MessageRecord = {
      ...{ uuid, sender: sender.id, from, to: [readers[0][1]], readers, atMs, text },
      textBytes: text.length,
    };
    const { seq } = await js.publish(names.message(sender.id), JSON.stringify(message));
    const open: OpenRecord = {
      ...{ state: "accepted", uuid, from, thread: seq, textBytes: text.length, atMs },
    };
    const key = mailKey("open", { box: reader.id, sender: sender.id, message: seq });
    await js.publish(`$KV.${names.mail}.${key}`, JSON.stringify(open));
  });
  await connection.close();
}
