import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import type { Program } from "./programs.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";

/** A hook that has nothing to say, as a process, with and without a bus. */
export async function hook({ quick, programs }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { form, hustings, hello } of programs) {
    await using bus = await TemporaryBus.create();
    const cwd = bus.directory("shop");
    const call = [...hustings, "hook", "claude", "prompt"] as const;
    const input = JSON.stringify({ session_id: "bench", cwd, hook_event_name: "UserPromptSubmit" });
    const env = { HUSTINGS_HOME: bus.home, HUSTINGS_PORT: String(bus.port) };
    for (const isThere of [false, true]) {
      const broker = isThere ? await RawAgent.start(bus, "claude", cwd) : undefined;
      const ours = new Samples();
      const bare = new Samples();
      for (let n = 0; n < (quick ? 2 : 31); n++) {
        await ours.time(() => run(call, input, env, cwd));
        await bare.time(() => run(hello, "", {}, cwd));
      }
      await broker?.close();
      const what = `hook with nothing to say, ${isThere ? "a bus" : "no bus"}, ${form}`;
      rows.push(timedRow(what, ours, "hello-world", bare, "≤ 1.5"));
    }
  }
  return rows;
}

async function run(
  [command, ...args]: Program,
  input: string,
  env: Record<string, string>,
  cwd: string,
): Promise<void> {
  const child = new Deno.Command(command, {
    args,
    env,
    cwd,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code } = await child.status;
  if (code !== 0) throw new Error(`'${command} ${args.join(" ")}' ended with ${code}`);
}
