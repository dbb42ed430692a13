import { JetStreamApiError } from "@nats-io/jetstream";
import { HustingsError } from "../../core/errors.ts";
import type { Link } from "./link.ts";

/** The form of what lies on the server; it grows when an older program would misread it. */
const format = 1;

const wrongSequence = 10071;

/** Directory, `format`: in which form the realm is. */
interface FormatRecord {
  readonly format: number;
}

/**
 * Notes in a new realm in which form it is. Rejects with `version` where it is in one that is newer than
 * this program. A guest only looks.
 */
export async function checkFormat(link: Link, isGuest: boolean): Promise<void> {
  const subject = `$KV.${link.names.directory}.format`;
  const found = await read(link, subject);
  if (found === undefined) {
    if (!isGuest) await note(link, subject);
    return;
  }
  if (found.format <= format) return;
  throw new HustingsError(
    "version",
    `What lies on the server in '${link.names.directory}' was made by a newer Hustings (form ${found.format}; this ` +
      `one knows ${format}): update this program, or use another realm in the URL of the bus`,
  );
}

async function read(link: Link, subject: string): Promise<FormatRecord | undefined> {
  const stream = `KV_${link.names.directory}`;
  const message = await link.run(async () => {
    try {
      return await link.jsm.streams.getMessage(stream, { "last_by_subj": subject });
    } catch (error) {
      // A guest looks at a realm that nobody has made yet.
      if (error instanceof JetStreamApiError && error.status === 404) return null;
      throw error;
    }
  });
  return message === null ? undefined : message.json<FormatRecord>();
}

async function note(link: Link, subject: string): Promise<void> {
  const body = JSON.stringify({ format } satisfies FormatRecord);
  await link.run(async () => {
    try {
      await link.js.publish(subject, body, { expect: { lastSubjectSequence: 0 } });
    } catch (error) {
      const isThere = error instanceof JetStreamApiError && error.code === wrongSequence;
      if (!isThere) throw error;
    }
  });
}
