import type { SharedFile } from "./read_shared_file.ts";

/** A shared file as a message: what is said about it, its path and type, and its text. */
export function sharedFileText(
  { path, mediaType, bytes, text }: SharedFile,
  note: string | undefined,
): { readonly head: string; readonly text: string } {
  const head = `File ${path} (${mediaType}, ${bytes} bytes)`;
  return { head, text: [...(note === undefined ? [] : [note]), `${head}:`, text].join("\n\n") };
}
