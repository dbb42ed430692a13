import { HustingsError } from "../../core/errors.ts";
import { legacyContent } from "../../core/legacy_content.ts";
import type { LegacyContent } from "../../core/legacy_content.ts";
import { limits } from "../../core/limits.ts";
import { summaryOf } from "../../core/summary_of.ts";
import type { Message } from "../../core/types.ts";
import { renamedIn } from "../hub/announce_rename.ts";
import type { LongTextFiles } from "../long_text_files.ts";
import { legacyTime } from "./legacy_time.ts";

/** A message as a legacy script reads it. */
export interface LegacyItem {
  readonly from: string;
  readonly to: string;
  readonly timestamp: string;
  readonly message: LegacyContent;
}

const encoder = new TextEncoder();
/** What stands around the items of an answer. */
const envelopeBytes = 64;

/**
 * The first of `messages` that fit into one answer to the script `to`, one at least. A long one is its
 * first sentences and the path of a file with the whole. Throws `store_full` where that is needed for
 * the first one and cannot be written.
 */
export function legacyItems(
  messages: readonly Message[],
  to: string,
  files: LongTextFiles,
): LegacyItem[] {
  const items: LegacyItem[] = [];
  let bytes = envelopeBytes;
  for (const message of messages) {
    const item = itemOf(message, to, files);
    if (item === undefined && items.length === 0) throw unwritten(message);
    if (item === undefined) break;
    bytes += sizeOf(item) + ", ".length;
    if (bytes > limits.legacyReplyBytes && items.length > 0) break;
    items.push(item);
  }
  return items;
}

/** Undefined for a long one of which no file can be made. */
function itemOf(message: Message, to: string, files: LongTextFiles): LegacyItem | undefined {
  const timestamp = legacyTime(message.atMs);
  const renamed = renamedIn(message);
  if (renamed !== undefined) {
    const content = `\u{1f4dd} ${renamed.former} renamed to ${renamed.name}`;
    return { from: "system", to, timestamp, message: { content } };
  }
  const whole = { from: message.from, to, timestamp, message: legacyContent(message.text) };
  const text = encoder.encode(message.text);
  if (text.length <= limits.inlineTextBytes && fits(whole)) return whole;
  const path = files.keep(message.id, text);
  if (path === undefined) return undefined;
  const short = shortened(whole.message, text.length, path);
  const withData = { ...whole, message: short };
  return fits(withData) ? withData : { ...whole, message: { ...short, data: ofFile(text, path) } };
}

function shortened({ content, data }: LegacyContent, bytes: number, path: string): LegacyContent {
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  const size = Math.round(bytes / 1024 * 10) / 10;
  return {
    content: `${summaryOf(content)} Full content saved to: ${path}`,
    data: { ...(isObject ? data : {}), large_message_file: path, original_size_kb: size },
  };
}

function ofFile(text: Uint8Array, path: string): unknown {
  return shortened({ content: "" }, text.length, path).data;
}

function fits(item: LegacyItem): boolean {
  return envelopeBytes + sizeOf(item) <= limits.legacyReplyBytes;
}

function sizeOf(item: LegacyItem): number {
  return encoder.encode(JSON.stringify(item)).length;
}

function unwritten({ id, from }: Message): HustingsError {
  return new HustingsError(
    "store_full",
    `Message ${id} from '${from}' is too long for an answer, and no file with it could be written; ` +
      "it stays queued: free some space on the disk and check again",
  );
}
