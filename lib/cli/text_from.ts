import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { writeError } from "./terminal.ts";

/** What comes on stdin until its end, as `textFrom` reads it; a person is told how to end it. */
export async function textFromStdin(): Promise<string> {
  if (Deno.stdin.isTerminal()) {
    await writeError(`Type the message; ${endOfInput()} on a new line ends it.\n`);
  }
  return await textFrom(Deno.stdin.readable, "on stdin");
}

/**
 * What `source` brings until its end, without the line feed that ends it. Rejects with `too_large` as
 * soon as it is beyond a message's size, and with `bad_request` when it is no UTF-8; `where` is what the
 * error says of its place: "on stdin".
 */
export async function textFrom(
  source: ReadableStream<Uint8Array>,
  where: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limits.textBytes + "\r\n".length) throw tooLarge(where);
  }
  return decoded(chunks, where).replace(/\r?\n$/, "");
}

/** What a person types where nothing more comes. */
export function endOfInput(os = Deno.build.os): string {
  return os === "windows" ? "Ctrl-Z and Enter" : "Ctrl-D";
}

function decoded(chunks: readonly Uint8Array[], where: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") +
      decoder.decode();
  } catch (cause) {
    throw new HustingsError("bad_request", `The text ${where} is no UTF-8: convert it first`, {
      cause,
    });
  }
}

function tooLarge(where: string): HustingsError {
  return new HustingsError(
    "too_large",
    `The text ${where} is longer than ${limits.textBytes} bytes; nothing was sent: ` +
      "send the path of a file that has it",
  );
}
