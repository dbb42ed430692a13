import { HustingsError } from "../core/errors.ts";
import { textOption } from "./option_values.ts";
import { textFrom, textFromStdin } from "./text_from.ts";
import type { Call, OptionSpec } from "./verb.ts";

/** The option of every verb that sends a text. */
export const fileOption: Readonly<Record<string, OptionSpec>> = {
  file: { type: "string", value: "PATH", help: "take the text from this file; - is stdin" },
};

/**
 * The text that a call sends: its words from the one at `first` on, the file that `--file` names, or
 * stdin. Rejects with `bad_request` where it is given twice, or cannot be read as text.
 */
export async function textOf(call: Call, first: number): Promise<string> {
  const given = call.words.slice(first).join(" ");
  const path = textOption(call, "file");
  if (path === undefined) return given === "" || given === "-" ? await textFromStdin() : given;
  if (given !== "") {
    throw new HustingsError(
      "bad_request",
      `There is a text ('${given.slice(0, 40)}') and a file ('${path}'): leave one out`,
    );
  }
  if (path === "-") return await textFromStdin();
  return await textFrom(await opened(path), `in '${path}'`);
}

async function opened(path: string): Promise<ReadableStream<Uint8Array>> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (!isDirectory) return (await Deno.open(path)).readable;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HustingsError("bad_request", `'${path}' cannot be read (${why}): name a text file`, {
      cause,
    });
  }
  throw new HustingsError("bad_request", `'${path}' is a directory: name a text file`);
}
