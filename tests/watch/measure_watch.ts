// Measures the screen of `hustings watch` in a real terminal (tmux): its time to the first picture, its memory, and
// its part of a processor while nothing happens, and while messages arrive.
//
//   deno task watch:measure [--members 200] [--messages 10000] [--rate 50] [--seconds 15] [--binary FILE]
import { parseArgs } from "node:util";
import type { Bus } from "../../lib/bus/bus.ts";
import { openView } from "../../lib/bus/open_view.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import { say } from "../support/say.ts";
import { TmuxTerminal } from "../support/tmux.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    members: { type: "string", default: "200" },
    messages: { type: "string", default: "10000" },
    rate: { type: "string", default: "50" },
    seconds: { type: "string", default: "15" },
    binary: { type: "string" },
  },
});
const [memberCount, messageCount, rate, seconds] = [
  values.members,
  values.messages,
  values.rate,
  values.seconds,
].map(Number) as [number, number, number, number];

/** Messages that are under way at once while the history is made. */
const atOnce = 100;
/** Ticks of the processor in a second, as Linux counts them for /proc. */
const ticksPerSecond = 100;

const text = "the tests of the till are green again, and the release notes are in docs/notes.md ";

await using bus = await HustingsProcess.create();
for (const [name, value] of Object.entries(bus.environment())) Deno.env.set(name, value);
bus.start(["serve", "--quiet"]);
const members = await joined(memberCount);
await sendAll(members, messageCount);
await using terminal = await TmuxTerminal.create(bus, { width: 160, height: 50 });
const program = values.binary === undefined ? bus.command() : [await Deno.realPath(values.binary)];
const startMs = performance.now();
await terminal.run([...program, "watch"].map((word) => `'${word}'`).join(" "));
await terminal.until(/#\d+ agent-\d+ → agent-\d+/);
await say(`first picture after ${Math.round(performance.now() - startMs)} ms`);
const pid = await watchingPid(terminal);
await report(pid, "with the last page of the history", 5, () => {});
await readBack(terminal);
await report(pid, `idle, ${memberCount} members, ${messageCount} messages read back`, 10, () => {});
let sent = 0;
const result = await report(pid, `${rate} messages a second`, seconds, (spentMs) => {
  for (; sent < (spentMs / 1000) * rate; sent++) sendOne(members, sent);
});
await say(`sent ${sent} in ${result} s`);
Deno.exit(0);

async function joined(count: number): Promise<Bus[]> {
  const buses = Array.from({ length: count }, () => openView());
  await Promise.all(
    buses.map((each, index) =>
      each.join({ client: "claude", directory: bus.shop, name: `agent-${index + 1}`, must: true })
    ),
  );
  return buses;
}

async function sendAll(from: readonly Bus[], count: number): Promise<void> {
  for (let done = 0; done < count; done += atOnce) {
    const batch = Array.from(
      { length: Math.min(atOnce, count - done) },
      (_, index) => done + index,
    );
    await Promise.all(batch.map((n) => sendOne(from, n)));
  }
}

/** Each to its neighbour, which reads what came before. */
async function sendOne(from: readonly Bus[], n: number): Promise<void> {
  const reader = (n + 1) % from.length;
  await from[n % from.length]!.send({ to: [`agent-${reader + 1}`], text: `${n} ${text}` });
  if (n % 2 === 0) return;
  const handed = await from[reader]!.check({ waitMs: 0 });
  await handed.confirm();
}

/** Goes to the first message again and again, until all of the history was read. */
async function readBack(screen: TmuxTerminal): Promise<void> {
  let before = "";
  for (;;) {
    await screen.press("g");
    const shown = await screen.until(/Message #\d+/);
    const id = /Message #(\d+)/.exec(shown)![1]!;
    if (id === "1") break;
    if (id === before) await new Promise((resolve) => setTimeout(resolve, 20));
    before = id;
  }
  await screen.press("G");
}

async function watchingPid(screen: TmuxTerminal): Promise<number> {
  const shell = await screen.fact("#{pane_pid}");
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", shell] })
    .output();
  return Number(new TextDecoder().decode(stdout));
}

/** Says what the process took in so many seconds, in which `work` is called ten times a second. */
async function report(
  process: number,
  what: string,
  forSeconds: number,
  work: (spentMs: number) => void,
): Promise<number> {
  const beforeMs = performance.now();
  const before = await ticksOf(process);
  for (let step = 1; step <= forSeconds * 10; step++) {
    await new Promise((resolve) => setTimeout(resolve, beforeMs + step * 100 - performance.now()));
    work(performance.now() - beforeMs);
  }
  const spent = (performance.now() - beforeMs) / 1000;
  const share = ((await ticksOf(process)) - before) / ticksPerSecond / spent;
  const status = await Deno.readTextFile(`/proc/${process}/status`);
  const megabytes = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
  await say(`${what}: ${(share * 100).toFixed(1)} % of a processor, ${megabytes} MB`);
  return Math.round(spent);
}

async function ticksOf(process: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${process}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
