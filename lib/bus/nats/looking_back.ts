import type { DeliveryState } from "../../core/delivery.ts";
import type { HistoryOperation } from "../../core/operations.ts";
import type { HistoryEntry, HistoryResult } from "../../core/types.ts";
import { entryOf, lookBack } from "../../member/hub/look_back.ts";
import type { DeliveryRecord, Messages, PastOptions } from "../../store/store.ts";
import type { Link } from "./link.ts";
import type { MessageShelf, ShelvedMessage } from "./message_shelf.ts";
import { messagesWith } from "./messages_with.ts";
import type { Rulebook } from "./rules.ts";
import { enoughFor, Past, storedMessage } from "./past.ts";

export interface LookingBackOptions {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly rulebook: Rulebook;
}

interface Found {
  readonly message: ShelvedMessage;
  readonly text: string | undefined;
}

/**
 * Histories. The rules are those of the embedded bus; they run on what was looked up for them: first to
 * learn what they ask for, then to choose from it, and at last with what became of what they chose.
 */
export class LookingBack {
  readonly #options: LookingBackOptions;
  readonly #past: Past;

  constructor(options: LookingBackOptions) {
    this.#options = options;
    this.#past = new Past(options.link, options.shelf);
  }

  /** A page of what the box `me` sent and has read, or of all messages; rejects as `lookBack` throws. */
  async page(
    me: number | undefined,
    operation: HistoryOperation,
    atMs: number,
  ): Promise<HistoryResult> {
    const { rulebook, shelf } = this.#options;
    const [begun] = await Promise.all([
      operation.thread === undefined ? undefined : shelf.get(operation.thread),
      rulebook.refresh(),
    ]);
    const byId = () => begun && storedMessage(begun, undefined);
    const run = (messages: Partial<Messages>) =>
      rulebook.look((rules) =>
        lookBack({ ...rules, messages: messagesWith({ byId, ...messages }) }, me, operation, atMs)
      );
    let asked: PastOptions | undefined;
    const note = (options: PastOptions) => {
      asked ??= options;
      return [];
    };
    await run({
      everyones: note,
      history: (reader, options) => note({ ...options, reader, thread: undefined }),
    });
    const found = await this.#find(asked!, operation);
    const pages = this.#pagesOf(found, me);
    const chosen = await run({ ...pages, deliveries: () => [] });
    const became = await this.#became(found, chosen.entries.map(({ id }) => id));
    return await run({ ...pages, deliveries: (id) => became.get(id) ?? [] });
  }

  /**
   * The message `id` with all that became of it so far, and with `begun` where nothing did; undefined where
   * there is none.
   */
  async entry(id: number, begun?: DeliveryState): Promise<HistoryEntry | undefined> {
    const { shelf, rulebook } = this.#options;
    const message = await shelf.get(id);
    if (message === undefined) return undefined;
    const stored = storedMessage(message, await shelf.textOf(message));
    const became = await this.#became([{ message, text: undefined }], [id], begun);
    const messages = messagesWith({ byId: () => stored, deliveries: () => became.get(id) ?? [] });
    return await rulebook.look((rules) => entryOf({ ...rules, messages }, id));
  }

  async #find(
    { before, thread, partner, reader }: PastOptions,
    { search, limit }: HistoryOperation,
  ): Promise<Found[]> {
    const { rulebook } = this.#options;
    return await this.#past.find({
      ...{ before, thread },
      partner: partner === undefined ? undefined : rulebook.boxesOf(partner),
      reader: reader === undefined ? undefined : rulebook.boxesOf(reader),
      enough: search === undefined ? enoughFor.page(limit) : enoughFor.search,
    });
  }

  /** Pages of what was found; what was sent from a box that the reader took over is its own. */
  #pagesOf(found: readonly Found[], me: number | undefined): Partial<Messages> {
    const mine = me === undefined ? [] : this.#options.rulebook.boxesOf(me);
    const all = found.map(({ message, text }) => {
      const stored = storedMessage(message, text);
      return mine.includes(stored.sender) ? { ...stored, sender: me! } : stored;
    });
    const page = ({ before, limit }: Pick<PastOptions, "before" | "limit">) =>
      all.filter(({ id }) => id < before).slice(0, limit);
    return { everyones: page, history: (_reader, options) => page(options) };
  }

  /** What became of these messages, by their ids; of a box that another took over, with that one. */
  async #became(
    found: readonly Found[],
    ids: readonly number[],
    begun?: DeliveryState,
  ): Promise<Map<number, DeliveryRecord[]>> {
    const names = await this.#options.rulebook.look(({ mailboxes }) => {
      const readers = found.flatMap(({ message }) => message.readers.map(([box]) => box));
      return new Map(readers.map((box) => [box, mailboxes.byId(box)]));
    });
    const wanted = found.filter(({ message: { id } }) => ids.includes(id));
    const became = new Map<number, DeliveryRecord[]>();
    for (const { message } of wanted) {
      const records = await this.#past.deliveries(
        message,
        (box) => names.get(box)?.name,
        begun,
      );
      const current = records.map((each) => ({
        ...each,
        mailbox: names.get(each.mailbox)?.id ?? each.mailbox,
      }));
      became.set(message.id, current);
    }
    return became;
  }
}
