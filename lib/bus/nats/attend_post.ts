import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import { isHookNote, readHookNote, removeAttendNote } from "./attend_files.ts";
import { renewAttendNote, writeAttendNote } from "./attend_files.ts";
import type { AttendNote, HookNote } from "./attend_files.ts";

export interface AttendPostOptions {
  /** The directory of the notes. */
  readonly directory: string;
  readonly instance: string;
  readonly clock: Clock;
  /** A hook has told something of its session. */
  readonly onTold: (note: HookNote) => void;
}

/**
 * Where the hooks of a member's session find it without asking the server, and tell it what their session
 * does. Without a disk to write to there are no hooks, and all else goes on.
 */
export class AttendPost {
  readonly #options: AttendPostOptions;
  #note: AttendNote | undefined;
  #watcher: Deno.FsWatcher | undefined;
  #stopTimer: () => void = () => {};
  #isOver = false;

  constructor(options: AttendPostOptions) {
    this.#options = options;
  }

  /** Says how the member is now; what is left out stays. */
  say(change: Partial<AttendNote> & Pick<AttendNote, "name" | "box" | "unread" | "kin">): void {
    const { directory, instance } = this.#options;
    const note = { ...change, instance };
    const isSame = JSON.stringify(note) === JSON.stringify(this.#note);
    if (this.#isOver || isSame) return;
    this.#note = note;
    const wasWritten = this.#try(() => writeAttendNote(directory, note));
    if (wasWritten && this.#watcher === undefined) {
      this.#listen();
      this.#renewLater();
    }
  }

  close(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#watcher?.close();
    const { directory, instance } = this.#options;
    if (this.#note !== undefined) this.#try(() => removeAttendNote(directory, instance));
  }

  async #listen(): Promise<void> {
    const { directory, instance, onTold } = this.#options;
    const tell = () => {
      const note = readHookNote(directory, instance);
      if (note !== undefined) onTold(note);
    };
    try {
      this.#watcher = Deno.watchFs(directory, { recursive: false });
      tell();
      for await (const { paths } of this.#watcher) {
        if (paths.some((path) => isHookNote(path, instance))) tell();
      }
    } catch {
      // Where nothing tells of changes, the session's state stays unknown: nothing is claimed then.
    }
  }

  #renewLater(): void {
    const { directory, instance, clock } = this.#options;
    this.#stopTimer = clock.after(limits.natsRenewMs, () => {
      const note = this.#note!;
      this.#try(() => renewAttendNote(directory, instance)) ||
        this.#try(() => writeAttendNote(directory, note));
      this.#renewLater();
    });
  }

  #try(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return false;
    }
  }
}
