/** Writes one line to stdout: what a campaign tells the person who runs it. */
export function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
