import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { endTree } from "./end_tree.ts";
import { ownPlaces, programCall } from "./program_call.ts";
import type { ProgramCall } from "./program_call.ts";

/** What a command printed, both its outputs in one, and how it ended. */
export interface CommandOutput {
  readonly text: string;
  /** Undefined where it was ended because its time was over. */
  readonly code: number | undefined;
  /** Output went beyond `limits.sharedOutputBytes` and was cut there. */
  readonly isCut: boolean;
}

export interface CommandPlace {
  readonly directory: string;
  /** All that the command sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** How long it may run, in ms. */
  readonly timeMs?: number;
}

/**
 * Runs `command` (program and arguments; no shell reads them) in `place`. After its time, or when
 * `signal` fires, it is ended with all that it has started. Rejects with `bad_request` where there is
 * no such program, and with `cancelled` when `signal` fired.
 */
export async function runAllowedCommand(
  command: readonly string[],
  { directory, env, timeMs = limits.sharedCommandMs }: CommandPlace,
  signal: AbortSignal,
): Promise<CommandOutput> {
  checkWanted(signal);
  const [program, ...args] = command;
  const find = () => programCall(program!, args, ownPlaces(env["PATH"] ?? ""));
  const child = spawn(program!, find, { cwd: directory, env });
  const output = new BoundedOutput(limits.sharedOutputBytes);
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, timeMs);
  signal.addEventListener("abort", end, { once: true });
  over.signal.addEventListener("abort", () => void endTree(child), { once: true });
  const [{ code }] = await Promise.all([
    child.status,
    output.drain(child.stdout, over.signal),
    output.drain(child.stderr, over.signal),
  ]);
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
  checkWanted(signal);
  return { text: output.text(), code: over.signal.aborted ? undefined : code, isCut: output.isCut };
}

/** The first bytes of what a command prints. */
class BoundedOutput {
  readonly #bytes: Uint8Array;
  #length = 0;
  isCut = false;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  /** Resolves at the end of `stream`, or when `over` fires: what the command left behind may hold it open. */
  async drain(stream: ReadableStream<Uint8Array>, over: AbortSignal): Promise<void> {
    const sink = new WritableStream<Uint8Array>({ write: (chunk) => this.#take(chunk) });
    await stream.pipeTo(sink, { signal: over }).catch(() => {});
  }

  text(): string {
    return new TextDecoder().decode(this.#bytes.slice(0, this.#length));
  }

  #take(chunk: Uint8Array): void {
    const room = this.#bytes.length - this.#length;
    this.#bytes.set(chunk.subarray(0, room), this.#length);
    this.#length += Math.min(room, chunk.length);
    this.isCut ||= chunk.length > room;
  }
}

type Options = Pick<Deno.CommandOptions, "cwd" | "env">;

/** In a process group of its own, so that all that it starts can be ended with it. */
function spawn(program: string, find: () => ProgramCall, options: Options): Deno.ChildProcess {
  try {
    const { command, ...call } = find();
    return new Deno.Command(command, {
      ...options,
      ...call,
      args: [...call.args],
      clearEnv: true,
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HustingsError(
      "bad_request",
      `'${program}' cannot be run (${why}), so nothing was sent: let your user name its whole path ` +
        "in settings.json",
    );
  }
}

function checkWanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new HustingsError("cancelled", "The call was cancelled, so nothing was sent");
}
