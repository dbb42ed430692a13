import { InvariantViolation } from "../../core/invariant.ts";
import type { SentNews } from "../../core/types.ts";
import { News } from "../../member/hub/news.ts";
import type { Step } from "../../member/hub/news.ts";
import type { Link } from "./link.ts";
import type { Requeued } from "./mailbag.ts";

/** What senders are told, and nobody keeps: the history has all of it. */
type NewsRecord = Step | Requeued;

/** What became of messages: tells the processes of their senders, and hears it of own ones. */
export class SentMail {
  readonly #link: Link;
  readonly #news = new News();
  #boxes: readonly number[] = [];
  #unsubscribe: () => void = () => {};

  constructor(link: Link) {
    this.#link = link;
  }

  /** Hears from now on of what was sent from these boxes. */
  hear(boxes: readonly number[]): void {
    if (boxes.join() === this.#boxes.join()) return;
    this.#unsubscribe();
    this.#boxes = boxes;
    const { nc, names } = this.#link;
    const subscriptions = boxes.map((box) =>
      nc.subscribe(names.news(box), { callback: (_error, message) => this.#heard(message.data) })
    );
    this.#unsubscribe = () => subscriptions.forEach((each) => each.unsubscribe());
  }

  /** A message has come a step further with one of its readers, or back. */
  tell(step: NewsRecord): void {
    if (step.sender === step.reader.id) return;
    this.#link.nc.publish(this.#link.names.news(step.sender), JSON.stringify(step));
  }

  /** What there is for the sender, oldest first; it is told once. */
  take(): SentNews[] {
    return this.#boxes.flatMap((box) => this.#news.take(box));
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Whoever may publish here may say anything: what cannot be read says nothing. */
  #heard(body: Uint8Array): void {
    try {
      const step = JSON.parse(new TextDecoder().decode(body)) as NewsRecord;
      if (!this.#boxes.includes(step.sender)) return;
      if (step.state === "accepted") this.#news.queuedAgain(step.reader.id);
      else this.#news.note(step as Step);
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
    }
  }
}
