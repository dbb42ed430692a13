import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** What a command printed, both its outputs in one, and how it ended. */
export interface CommandOutput {
  readonly text: string;
  /** Undefined where it was ended after `limits.sharedCommandMs`. */
  readonly code: number | undefined;
  /** Output went beyond `limits.sharedOutputBytes` and was cut there. */
  readonly isCut: boolean;
}

export interface CommandPlace {
  readonly directory: string;
  /** All that the command sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs `command` (program and arguments; no shell reads them) in `place`. Rejects with `bad_request`
 * where there is no such program.
 */
export async function runAllowedCommand(
  command: readonly string[],
  { directory, env }: CommandPlace,
): Promise<CommandOutput> {
  const [program, ...args] = command;
  const child = spawn(program!, { args, cwd: directory, env });
  const output = new Uint8Array(limits.sharedOutputBytes);
  let length = 0;
  let isCut = false;
  const take = (chunk: Uint8Array) => {
    const room = output.length - length;
    output.set(chunk.subarray(0, room), length);
    length += Math.min(room, chunk.length);
    isCut ||= chunk.length > room;
  };
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limits.sharedCommandMs);
  const ended = Promise.all([child.status, drain(child.stdout, take), drain(child.stderr, take)]);
  const status = await Promise.race([ended, late]);
  clearTimeout(timer);
  // What it started and left behind may hold its outputs open: nobody waits for that.
  if (status === undefined) endQuietly(child);
  const text = new TextDecoder().decode(output.slice(0, length));
  return { text, code: status?.[0].code, isCut };
}

type Options = Pick<Deno.CommandOptions, "args" | "cwd" | "env">;

function spawn(program: string, options: Options): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      ...options,
      clearEnv: true,
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

async function drain(
  stream: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  for await (const chunk of stream) take(chunk);
}

function endQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It ended in this moment.
  }
}
