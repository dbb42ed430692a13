/** Runs a program to its end; rejects with all that it said when it fails or is not there. */
export async function runTool(command: string, args: readonly string[]): Promise<void> {
  const process = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await process.output();
  if (code === 0) return;
  const said = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])).trim();
  throw new Error(`${command} ${args[0]} ended with ${code}: ${said}`);
}
