// Measures the bus against floors and peers in one run, and prints a table of ratios:
//
//   deno task bench [--only send-latency,hook] [--binaries DIRECTORY] [--legacy FILE] [--quick]
//
// `--binaries` names what `compile_peers.ts` has built, `--legacy` the file `claude_ipc_server.py` of the
// program that this one replaces, for `python3`. Redis and NATS are compared where
// `redis-server` and `nats-server` are installed. Ends with 1 where an acknowledged message is missing.
import { parseArgs } from "node:util";
import { version } from "../../lib/core/version.ts";
import { say } from "../support/say.ts";
import type { Context } from "./context.ts";
import { contextBytes } from "./context_bytes.ts";
import { growth } from "./growth.ts";
import { hook } from "./hook.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
import { nats } from "./nats.ts";
import { observers } from "./observers.ts";
import { binariesIn, sources } from "./programs.ts";
import { head, lineOf } from "./row.ts";
import type { Row } from "./row.ts";
import { sendLatency } from "./send_latency.ts";
import { sendRate } from "./send_rate.ts";
import { size } from "./size.ts";
import { start } from "./start.ts";
import { takeover } from "./takeover.ts";
import { toEyes } from "./to_eyes.ts";

/** The parts of the table, by the name that `--only` takes. */
export const parts: Record<string, (context: Context) => Promise<Row[]>> = {
  "send-latency": sendLatency,
  "send-rate": sendRate,
  "to-eyes": toEyes,
  observers,
  start,
  memory,
  size,
  takeover,
  growth,
  idle,
  context: contextBytes,
  hook,
  nats,
};

/** Measures the named parts, one after the other, and yields their rows. */
export async function* bench(only: readonly string[], context: Context): AsyncGenerator<Row> {
  for (const name of only) {
    const part = parts[name];
    if (part === undefined) {
      throw new Error(`'${name}' is no part: there are ${Object.keys(parts).join(", ")}`);
    }
    context.note(name);
    yield* await part(context);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      binaries: { type: "string" },
      legacy: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const { binaries, legacy } = values;
  const programs = binaries === undefined ? [sources] : [sources, binariesIn(binaries)];
  const note = (text: string) =>
    void Deno.stderr.writeSync(new TextEncoder().encode(`… ${text}\n`));
  const only = values.only?.split(",") ?? Object.keys(parts);
  const { v8, deno } = Deno.version;
  say(
    `hustings ${version}, Deno ${deno} (V8 ${v8}), ${Deno.build.target}, ` +
      `${navigator.hardwareConcurrency} processors, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  say(head);
  const peers = legacy === undefined ? {} : { legacy };
  const context = { quick: values.quick, programs, note, ...peers };
  for await (const row of bench(only, context)) say(lineOf(row));
  Deno.exit(0);
}
