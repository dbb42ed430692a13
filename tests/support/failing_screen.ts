// Takes the whole terminal as `hustings watch` does, and fails with an error that nobody catches at the first
// key: what a fault of the program would be.
import { TerminalScreen } from "../../lib/cli/watch/terminal_screen.ts";

const screen = new TerminalScreen({ onChanged: () => {}, mayStop: true });
screen.enter();
await screen.write("\x1b[HMembers ─");
for await (const _key of screen.input()) {
  const fail = () => {
    throw new Error("broken");
  };
  if (Deno.args[0] === "later") setTimeout(fail);
  else fail();
}
