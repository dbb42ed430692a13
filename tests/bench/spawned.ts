import type { Program } from "./programs.ts";

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to its stdin at once, which stays open. */
  readonly says?: string;
}

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
};

/** What a client says first. */
export const greeting = `${JSON.stringify(initialize)}\n`;

/** A program that was started, its first line awaited. */
export class Spawned {
  readonly child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.child = child;
  }

  /** Resolves when it has written to stdout or stderr what contains `sign`. */
  static async until(
    [command, ...args]: Program,
    sign: string,
    { env = {}, cwd, says }: SpawnOptions = {},
  ): Promise<Spawned> {
    const child = new Deno.Command(command, {
      args,
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (says !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(says));
      writer.releaseLock();
    }
    const seen = Promise.withResolvers<void>();
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      let text = "";
      for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
        text += piece;
        if (text.includes(sign)) seen.resolve();
      }
      return text;
    };
    const over = Promise.all([read(child.stdout), read(child.stderr)]);
    over.then((texts) => seen.reject(new Error(`${command} ended: ${texts.join("")}`)));
    seen.promise.catch(() => {});
    await seen.promise;
    return new Spawned(child);
  }

  async end(): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.child.status;
  }
}
