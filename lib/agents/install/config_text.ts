import { HustingsError } from "../../core/errors.ts";
import { ConfigFault } from "./text_editor.ts";

const mark = "\ufeff";

/** The text of a configuration file without its byte order mark. Throws `ConfigFault` where it is no UTF-8. */
export function decoded(bytes: Uint8Array): { readonly text: string; readonly mark: string } {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ConfigFault("it is no UTF-8");
  }
  return text.startsWith(mark) ? { text: text.slice(1), mark } : { text, mark: "" };
}

/** The bytes of a text, behind the byte order mark that it came with. */
export function encoded(text: string, ownMark: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(ownMark + text);
}

/** What `act` returns; a fault that it finds in the file at `path` is told with the place and the cure. */
export function inFile<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    const { place, message } = error;
    const where = place === undefined
      ? `'${path}'`
      : `'${path}', line ${place.line}, column ${place.column}`;
    throw new HustingsError(
      "bad_request",
      `${where}: ${message}. Nothing was changed: mend the file, or leave its client out by naming the others`,
      { cause: error },
    );
  }
}
