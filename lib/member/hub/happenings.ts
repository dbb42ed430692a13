import type { Queued } from "../../store/store.ts";
import type { Step } from "./news.ts";

/** Who is told of what happens to members and messages, so that others can look on. */
export interface Happenings {
  /** What a list shows of the member behind `mailbox` may be different now. */
  changed(mailbox: number): void;
  /** A message has come a step further with one of its readers. */
  stepped(step: Step): void;
  /** Messages that were handed over are in the queue again. */
  queuedAgain(queued: readonly Queued[]): void;
}
