// Feeds what parses foreign bytes with mutated and random input, and counts what it must not do.
//
//   deno run -A tests/campaigns/fuzz_campaign.ts [--cases 1000000] [--seed N]
//
// Prints the seed, which draws the same cases again, and ends with 1 when anything but a proper error
// was thrown, or when bytes that were split differently were read differently.
import { parseArgs } from "node:util";
import { HustingsError } from "../../lib/core/errors.ts";
import { encodeFrame, FrameParser } from "../../lib/core/frame.ts";
import { decodeHello, encodeHello, startsLikeUs, verifyAnswer } from "../../lib/core/handshake.ts";
import { decodeReply, decodeRequest, encodeRequest, RequestError } from "../../lib/core/wire.ts";
import { LineSplitter } from "../../lib/mcp/line_splitter.ts";
import { SeededRandom } from "../support/seeded.ts";

export interface FuzzFigures {
  readonly seed: number;
  readonly cases: number;
  readonly crashes: number;
  /** The first few, with the number of their case. */
  readonly examples: readonly string[];
}

const encoder = new TextEncoder();

/** What mutations start from: bytes that are right, or nearly. */
const models = [
  encodeRequest({ id: 1, operation: { op: "send", message: "m", to: ["bob", "*"], text: "hü\n" } }),
  encodeRequest({ id: 2, operation: { op: "check", waitMs: 5, replyTo: 1, abandoned: [1, 2] } }),
  encodeRequest({
    id: 3,
    operation: { op: "hello", instance: "i", pid: 1, client: "c", directory: "/", shared: true },
  }),
  encodeRequest({ id: 4, operation: { op: "history", limit: 9, with: "a", before: 3 } }),
  encodeRequest({ id: 5, operation: { op: "observe", waitMs: 5, cursor: "1.2" } }),
  encodeRequest({ id: 6, operation: { op: "pause", name: "*", paused: true } }),
  encoder.encode('{"id":1,"ok":{"messages":[],"more":0}}'),
  encoder.encode('{"id":1,"error":{"code":"internal","message":"x"}}'),
  encoder.encode('{"jsonrpc":"2.0","id":1,"method":"tools/call"}\n{"jsonrpc":"2.0"}\r\n\n'),
  encodeHello({ oldest: 1, newest: 1 }, new Uint8Array(32).fill(7)),
];

/** Random bytes, or a model with a few of its bytes changed, left out or doubled. */
function draw(random: SeededRandom): Uint8Array {
  if (random.whole(0, 9) === 0) return random.bytes(random.whole(0, 64));
  const bytes = [...random.pick(models)];
  for (let change = random.whole(0, 4); change > 0; change--) {
    const at = random.whole(0, bytes.length);
    const [left, inserted] = random.pick([[1, 1], [0, 1], [1, 0], [random.whole(0, 9), 0]]);
    bytes.splice(at, left!, ...random.bytes(inserted!));
  }
  return Uint8Array.from(bytes);
}

/** Cuts `bytes` at random places. */
function pieces(random: SeededRandom, bytes: Uint8Array): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + random.whole(1, 16);
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

function isProper(error: unknown): boolean {
  if (error instanceof RequestError) return error.cause instanceof HustingsError;
  return error instanceof HustingsError && error.code !== "internal";
}

/** What `parse` gives, or the word that it refused properly; anything else is thrown on. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse()) ?? "nothing";
  } catch (error) {
    if (!isProper(error)) throw error;
    return error instanceof RequestError ? "refused" : "broken";
  }
}

function mustAgree(whole: string, split: string): void {
  if (whole !== split) throw new Error(`Read whole as ${whole}, and split as ${split}`);
}

function frames(random: SeededRandom, body: Uint8Array): void {
  const stream = random.whole(0, 3) === 0 ? body : encodeFrame(body);
  const read = (parts: readonly Uint8Array[]) => {
    const parser = new FrameParser();
    const bodies: number[][] = [];
    try {
      for (const part of parts) bodies.push(...parser.push(part).map((each) => [...each]));
    } catch (error) {
      if (!isProper(error)) throw error;
      return "broken";
    }
    return JSON.stringify([bodies, parser.pendingBytes]);
  };
  mustAgree(read([stream]), read(pieces(random, stream)));
}

function wire(_random: SeededRandom, bytes: Uint8Array): void {
  outcome(() => decodeRequest(bytes));
  outcome(() => decodeReply(bytes));
}

const mac = () => Promise.resolve(new Uint8Array(32));

async function handshake(random: SeededRandom, bytes: Uint8Array): Promise<void> {
  startsLikeUs(bytes);
  outcome(() => decodeHello(bytes));
  const answer = random.whole(0, 1) === 0 ? bytes : random.bytes(random.whole(0, 100));
  await verifyAnswer(models.at(-1)!, answer, 9, mac);
}

/** Against the plain way to cut lines. */
function lines(random: SeededRandom, bytes: Uint8Array): void {
  const lineBytesMax = random.whole(1, 80);
  const splitter = new LineSplitter(lineBytesMax);
  const got = pieces(random, bytes).flatMap((part) => splitter.push(part)).concat(splitter.end());
  const said = got.map((line) =>
    line.kind === "line" ? String([...line.bytes]) : `too long: ${line.byteLength}`
  );
  const plain: number[][] = [[]];
  for (const byte of bytes) byte === 10 ? plain.push([]) : plain.at(-1)!.push(byte);
  if (plain.at(-1)!.length === 0) plain.pop();
  const wanted = plain.map((line) =>
    line.length <= lineBytesMax ? String(line) : `too long: ${line.length}`
  );
  mustAgree(JSON.stringify(wanted), JSON.stringify(said));
}

const targets = [frames, wire, handshake, lines];

/** Runs so many cases, each against one of the parsers in turn. */
export async function fuzzCampaign(cases: number, seed: number): Promise<FuzzFigures> {
  const random = new SeededRandom(seed);
  let crashes = 0;
  const examples: string[] = [];
  for (let index = 0; index < cases; index++) {
    const target = targets[index % targets.length]!;
    const bytes = draw(random);
    try {
      await target(random, bytes);
    } catch (error) {
      crashes += 1;
      if (examples.length < 5) examples.push(`case ${index}, ${target.name}: ${error}`);
    }
  }
  return { seed, cases, crashes, examples };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { cases: { type: "string", default: "1000000" }, seed: { type: "string" } },
  });
  const seed = values.seed === undefined
    ? crypto.getRandomValues(new Int32Array(1))[0]!
    : Number(values.seed);
  const { cases, crashes, examples } = await fuzzCampaign(Number(values.cases), seed);
  const report = [`seed    ${seed}`, `cases   ${cases}`, `crashes ${crashes}`, ...examples];
  await Deno.stdout.write(encoder.encode(`${report.join("\n")}\n`));
  Deno.exit(crashes === 0 ? 0 : 1);
}
