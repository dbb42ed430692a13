import type { Clock } from "../../core/clock.ts";
import type { Journal } from "../../store/journal.ts";
import type { Hub } from "../hub/hub.ts";
import type { LongTextFiles } from "../long_text_files.ts";
import type { Credentials } from "../open_connection.ts";

/** What the desk for legacy scripts works with. */
export interface LegacyDeskOptions {
  readonly hub: Hub;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly files: LongTextFiles;
}

/** What a script is answered. */
export type LegacyReply = Readonly<Record<string, unknown>> & { readonly status: "ok" | "error" };

/** Gives the script its answer; resolves with false where it was gone before it had all of it. */
export type Deliver = (reply: LegacyReply) => Promise<boolean>;
