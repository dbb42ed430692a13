// Listens on a port and says nothing there while the command after it runs, with the same standard
// streams; ends with that command's code.
//
//   deno run -A tests/support/beside_silence.ts PORT COMMAND [ARGUMENT]...
import { PortHolder } from "./port_holder.ts";

const [port, command, ...args] = Deno.args;
let code: number;
{
  await using _silent = new PortHolder("silent", Number(port));
  const streams = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  ({ code } = await new Deno.Command(command!, { args, ...streams }).spawn().status);
}
Deno.exit(code);
