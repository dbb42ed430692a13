import { limits } from "../../core/limits.ts";

/**
 * What a client wrote to its hook, or the part of it that came within `limits.hookInputMs`; nothing where
 * nobody writes, or more than `limits.hookInputBytes`.
 */
export async function hookStdin(): Promise<string> {
  if (Deno.stdin.isTerminal()) return "";
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limits.hookInputMs));
  await Promise.race([readInto(chunks), late]);
  clearTimeout(timer);
  return await new Blob(chunks).text();
}

async function readInto(chunks: Uint8Array<ArrayBuffer>[]): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  let length = 0;
  for (;;) {
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) return;
    length += count;
    if (length > limits.hookInputBytes) return void chunks.splice(0);
    chunks.push(buffer.slice(0, count));
  }
}
