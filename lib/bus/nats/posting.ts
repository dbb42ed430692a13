import type { Clock } from "../../core/clock.ts";
import type { Step } from "../../member/hub/news.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import { mailKey, readMailKey } from "./mail_keys.ts";
import type { MessageShelf, NewRecord, ShelvedMessage } from "./message_shelf.ts";
import type { DoneRecord, OpenRecord } from "./records.ts";

/** Who answers: an agent, by the boxes that are its own. */
export interface Answerer {
  readonly id: number;
  /** Of its name, and those that this took over. */
  readonly boxes: readonly number[];
  readonly name: string;
}

/** Puts messages on the server and into the queues of their readers, and notes what was answered. */
export class Posting {
  readonly #shelf: MessageShelf;
  readonly #clock: Clock;
  readonly #open: KeyedRecords<OpenRecord>;
  readonly #done: KeyedRecords<DoneRecord>;

  constructor(link: Link, shelf: MessageShelf) {
    this.#shelf = shelf;
    this.#clock = link.clock;
    this.#open = new KeyedRecords(link, link.names.mail);
    this.#done = new KeyedRecords(link, link.names.mail);
  }

  /**
   * Writes a message and queues it for all of its readers; resolves with its id when all of that is on the
   * server. Repeated as a whole, with the same UUID, it changes nothing.
   */
  async post(message: NewRecord): Promise<number> {
    const id = await this.#shelf.add(message);
    await inWindows(message.readers, ([box]) => this.#queue(box, id, message));
    return id;
  }

  /** How many messages from `sender` lie unread in each box. */
  async unreadOf(sender: number): Promise<Map<number, number>> {
    const { keys } = await this.#open.keys(`open.*.${sender}.*`);
    const counts = new Map<number, number>();
    for (const key of keys) {
      const box = readMailKey(key)?.box;
      if (box !== undefined) counts.set(box, (counts.get(box) ?? 0) + 1);
    }
    return counts;
  }

  /**
   * Notes that `answerer` has answered `original`, which takes that out of its queue; resolves with the step
   * that this is, or undefined where it is none: it was answered before, or never handed to it.
   */
  async answered(answerer: Answerer, original: ShelvedMessage): Promise<Step | undefined> {
    const mine = original.readers.map(([box]) => box).filter((box) => answerer.boxes.includes(box));
    for (const box of mine) {
      const atMs = this.#clock.wallMs();
      if (!await this.#markAnswered(box, original, atMs)) continue;
      const reader = { id: answerer.id, name: answerer.name };
      return { sender: original.sender, message: original.id, reader, state: "answered", atMs };
    }
    return undefined;
  }

  async #queue(box: number, id: number, message: NewRecord): Promise<void> {
    const { uuid, from, thread = id, replyTo, human, sender } = message;
    const place = { box, sender, message: id };
    const record: OpenRecord = {
      state: "accepted",
      uuid,
      from,
      thread,
      ...(replyTo === undefined ? {} : { replyTo }),
      textBytes: new TextEncoder().encode(message.text).length,
      ...(human ? { human } : {}),
      atMs: this.#clock.wallMs(),
    };
    // Where this comes after it was read, as the server was killed meanwhile, its reader sees that it was.
    await this.#open.put(mailKey("open", place), record, {
      expected: 0,
      repeatId: `${uuid}-${box}`,
    });
  }

  async #markAnswered(
    box: number,
    { id, sender }: ShelvedMessage,
    atMs: number,
  ): Promise<boolean> {
    const place = { box, sender, message: id };
    const [doneKey, openKey] = [mailKey("done", place), mailKey("open", place)];
    for (;;) {
      const [done, open] = await Promise.all([this.#done.get(doneKey), this.#open.get(openKey)]);
      if (done?.record.state === "answered") return false;
      // By its number alone, without its text having been seen, it stays queued.
      const wasHanded = open !== undefined &&
        (open.record.state === "handed" || open.record.instance !== undefined);
      if (done === undefined && !wasHanded) return false;
      const expected = done?.sequence ?? 0;
      const written = await this.#done.put(doneKey, { state: "answered", atMs }, {
        expected,
        repeatId: `answered-${doneKey}-${expected}-${atMs}`,
      });
      if (written === undefined) continue;
      if (open !== undefined) await this.#open.remove(openKey, open.sequence);
      return true;
    }
  }
}
