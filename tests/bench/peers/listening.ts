/** Starts a program and resolves when it has written what `isReady` finds in its output. */
export async function startUntil(
  command: string,
  args: readonly string[],
  isReady: (output: string) => boolean,
): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ready = Promise.withResolvers<void>();
  let output = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output = (output + text).slice(-64 * 1024);
      if (isReady(output)) ready.resolve();
    }
  };
  const over = Promise.all([read(child.stdout), read(child.stderr)]);
  over.then(() => ready.reject(new Error(`${command} ended: ${output.slice(-500)}`)));
  await ready.promise;
  return child;
}

/** Ends a process without a word and waits until it is gone. */
export async function end(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await child.status;
}
