import { limits } from "../../core/limits.ts";
import { inWindows } from "./in_windows.ts";
import type { Link } from "./link.ts";
import type { MessageRecord } from "./records.ts";

/** A message as its sender brings it: how its text lies on the server is decided here. */
export type NewRecord = Omit<MessageRecord, "text" | "parts" | "textBytes"> & {
  readonly text: string;
};

/** One that was found. */
export interface ShelvedMessage extends MessageRecord {
  readonly id: number;
}

interface StoredBody {
  readonly subject: string;
  readonly data: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The stream of all messages: each is written once, never changed, and goes by its age. */
export class MessageShelf {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /**
   * Writes a message, its text before it where that does not fit into one message of the server, and
   * returns its id. A repeat with the same UUID, within the window of the stream, returns the first one's.
   */
  async add({ text, ...envelope }: NewRecord): Promise<number> {
    const { names, js } = this.#link;
    const bytes = encoder.encode(text);
    const whole = encodeRecord({ ...envelope, text, textBytes: bytes.length });
    let body = whole;
    if (whole.length > this.#partBytes) {
      const parts = split(bytes, this.#partBytes);
      await inWindows(
        parts.map((part, index) => ({ part, index })),
        ({ part, index }) =>
          this.#link.run(() =>
            js.publish(names.part(envelope.uuid, index), part, {
              msgID: `${envelope.uuid}-${index}`,
            })
          ),
      );
      body = encodeRecord({ ...envelope, parts: parts.length, textBytes: bytes.length });
    }
    const subject = names.message(envelope.sender);
    const ack = await this.#link.run(() => js.publish(subject, body, { msgID: envelope.uuid }));
    return ack.seq;
  }

  /** The message with this id; undefined where there is none (any more). */
  async get(id: number): Promise<ShelvedMessage | undefined> {
    const found = await this.#readNear(id);
    if (found === undefined || !found.subject.startsWith(this.#messagePrefix)) return undefined;
    return { ...JSON.parse(decoder.decode(found.data)) as MessageRecord, id };
  }

  /** Its whole text; undefined where a part of that is missing. */
  async textOf({ text, uuid, parts = 0, textBytes }: ShelvedMessage): Promise<string | undefined> {
    return text ?? await this.#joined(uuid, parts, textBytes);
  }

  /** The highest id that was given away by now, or that of a part behind it. */
  async last(): Promise<number> {
    const { messages } = this.#link.names;
    return (await this.#link.run(() => this.#link.jsm.streams.info(messages))).state.last_seq;
  }

  async #joined(uuid: string, count: number, textBytes: number): Promise<string | undefined> {
    const { part } = this.#link.names;
    const indexes = Array.from({ length: count }, (_, index) => index);
    const found = await inWindows(
      indexes,
      (index) => this.#read({ last_by_subj: part(uuid, index) }),
    );
    const bytes = new Uint8Array(textBytes);
    let at = 0;
    for (const each of found) {
      if (each === undefined || at + each.data.length > textBytes) return undefined;
      bytes.set(each.data, at);
      at += each.data.length;
    }
    return at === textBytes ? decoder.decode(bytes) : undefined;
  }

  /** Any server that has a copy answers, which does no harm as nothing changes; one may be behind. */
  async #readNear(id: number): Promise<StoredBody | undefined> {
    const { jsm, names: { messages } } = this.#link;
    const near = await this.#link.run(() => jsm.direct.getMessage(messages, { seq: id }));
    return near ?? await this.#read({ seq: id });
  }

  async #read(
    query: { readonly seq: number } | { readonly last_by_subj: string },
  ): Promise<StoredBody | undefined> {
    const { jsm, names: { messages } } = this.#link;
    return await this.#link.run(() => jsm.streams.getMessage(messages, query)) ?? undefined;
  }

  get #messagePrefix(): string {
    return this.#link.names.message(0).slice(0, -1);
  }

  get #partBytes(): number {
    const most = this.#link.nc.info?.max_payload ?? limits.natsPartBytes;
    return Math.min(limits.natsPartBytes, most - limits.natsHeaderBytes);
  }
}

function encodeRecord(record: MessageRecord): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

function split(bytes: Uint8Array, partBytes: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += partBytes) {
    parts.push(bytes.subarray(at, at + partBytes));
  }
  return parts;
}
