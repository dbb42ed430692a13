import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { writeError } from "./terminal.ts";

/**
 * What comes on stdin until its end, without the line feed that ends it. Rejects with `too_large` as
 * soon as it is beyond a message's size, and with `bad_request` when it is no UTF-8.
 */
export async function textFromStdin(): Promise<string> {
  if (Deno.stdin.isTerminal()) {
    await writeError(`Type the message; ${endOfInput()} on a new line ends it.\n`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of Deno.stdin.readable) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limits.textBytes + "\r\n".length) throw tooLarge();
  }
  return decoded(chunks).replace(/\r?\n$/, "");
}

/** What a person types where nothing more comes. */
export function endOfInput(os = Deno.build.os): string {
  return os === "windows" ? "Ctrl-Z and Enter" : "Ctrl-D";
}

function decoded(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") +
      decoder.decode();
  } catch (cause) {
    throw new HustingsError("bad_request", "The text on stdin is no UTF-8: convert it first", {
      cause,
    });
  }
}

function tooLarge(): HustingsError {
  return new HustingsError(
    "too_large",
    `The text on stdin is longer than ${limits.textBytes} bytes; nothing was sent: ` +
      "write it to a file and send the path",
  );
}
