/** A file's text without the byte order mark with which editors of Windows begin, which JSON does not know. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}
