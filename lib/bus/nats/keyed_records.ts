import { JetStreamApiError } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import type { MsgHdrs } from "@nats-io/transport-node";
import type { Link } from "./link.ts";

/** One record as it lies on the server. */
export interface Keyed<T> {
  readonly key: string;
  /** Grows with each change in its bucket: what a change of it is compared with. */
  readonly sequence: number;
  readonly record: T;
}

/** What a write may rest on. */
export interface PutOptions {
  /** The sequence that the record must still have, 0 for none: otherwise nothing is written. */
  readonly expected?: number;
  /** The same for a repeat of one write: the server takes only the first, for some minutes. */
  readonly repeatId?: string;
}

const wrongSequence = new Set([10071, 10164]);
const notFound = new Set([10057, 10043]);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The records of one bucket, read where they are decided: the leader of its stream answers, so that
 * what another process was told to be written is seen. Each call waits out a lost connection and
 * rejects as `Link.run` does.
 */
export class KeyedRecords<T> {
  readonly #link: Link;
  readonly stream: string;
  readonly prefix: string;

  constructor(link: Link, bucket: string) {
    this.#link = link;
    this.stream = `KV_${bucket}`;
    this.prefix = `$KV.${bucket}.`;
  }

  /** Writes a record and returns its sequence, or undefined where it is not the expected one any more. */
  put(key: string, record: T, options: PutOptions): Promise<number | undefined> {
    return this.#publish(key, encoder.encode(JSON.stringify(record)), options);
  }

  /** Writes, in the same way, that the record is gone: who follows the bucket hears of it. */
  mark(key: string, options: PutOptions): Promise<number | undefined> {
    const gone = headers();
    gone.set("KV-Operation", "DEL");
    return this.#publish(key, new Uint8Array(0), options, gone);
  }

  #publish(
    key: string,
    body: Uint8Array,
    how: PutOptions,
    more?: MsgHdrs,
  ): Promise<number | undefined> {
    const { expected, repeatId } = how;
    const options = {
      ...(more === undefined ? {} : { headers: more }),
      ...(repeatId === undefined ? {} : { msgID: repeatId }),
      ...(expected === undefined ? {} : { expect: { lastSubjectSequence: expected } }),
    };
    let tries = 0;
    return this.#link.run(async () => {
      tries += 1;
      try {
        return (await this.#link.js.publish(this.prefix + key, body, options)).seq;
      } catch (error) {
        if (!isRefusal(error, wrongSequence)) throw error;
        // Servers that agreed on a new leader may know no more that this repeats what they took.
        return tries > 1 ? await this.#sequenceOf(key, body) : undefined;
      }
    });
  }

  /** The sequence of the record as it is now, where that is just this one. */
  async #sequenceOf(key: string, body: Uint8Array): Promise<number | undefined> {
    const query = { "last_by_subj": this.prefix + key };
    const found = await this.#link.jsm.streams.getMessage(this.stream, query);
    return found !== null && isSame(found.data, body) ? found.seq : undefined;
  }

  get(key: string): Promise<Keyed<T> | undefined> {
    return this.#read({ last_by_subj: this.prefix + key });
  }

  /** The first record with a key that `filter` has, and a sequence of `from` or above. */
  next(filter: string, from: number): Promise<Keyed<T> | undefined> {
    return this.#read({ seq: from, next_by_subj: this.prefix + filter });
  }

  /** The keys that `filter` has, in no order; `last` is the highest sequence before they were looked up. */
  async keys(filter: string): Promise<{ readonly keys: string[]; readonly last: number }> {
    const { state } = await this.#link.run(() =>
      this.#link.jsm.streams.info(this.stream, { subjects_filter: this.prefix + filter })
    );
    const keys = Object.keys(state.subjects ?? {}).map((each) => each.slice(this.prefix.length));
    return { keys, last: state.last_seq };
  }

  /** Removes the record that has this sequence; false where it has another one by now. */
  async remove(key: string, sequence: number): Promise<boolean> {
    const isRemoved = await this.#link.run(async () => {
      try {
        return await this.#link.jsm.streams.deleteMessage(this.stream, sequence, false);
      } catch (error) {
        if (isRefusal(error, notFound)) return false;
        throw error;
      }
    });
    // Where the answer to a first try was lost, it is gone for that reason.
    return isRemoved || await this.get(key) === undefined;
  }

  /** A message of the stream as a record; undefined where it says that its key was deleted. */
  read(subject: string, sequence: number, body: Uint8Array): Keyed<T> | undefined {
    if (body.length === 0) return undefined;
    const record = JSON.parse(decoder.decode(body)) as T;
    return { key: subject.slice(this.prefix.length), sequence, record };
  }

  async #read(query: MessageQuery): Promise<Keyed<T> | undefined> {
    const found = await this.#link.run(() =>
      this.#link.jsm.streams.getMessage(this.stream, query as { seq: number })
    );
    return found === null ? undefined : this.read(found.subject, found.seq, found.data);
  }
}

/** What the server takes; its client's types leave out the way by the next subject. */
type MessageQuery =
  | { readonly last_by_subj: string }
  | { readonly seq: number; readonly next_by_subj: string };

function isRefusal(error: unknown, codes: ReadonlySet<number>): boolean {
  return error instanceof JetStreamApiError && codes.has(error.code);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
