// Records what a store asks of the disk while messages are sent and read, cuts the power at moments
// of that record, opens what a disk may hold then, and counts what was acknowledged and is missing.
//
//   deno run -A tests/campaigns/power_cut_campaign.ts [--images 4000] [--messages 300] [--seed N]
//
// Beside the product's setting (FULL) it tries weaker ones as controls: what they lose shows that
// this campaign can see a loss. Ends with 1 when FULL lost anything or did not open, or when a
// control lost nothing. Needs strace (Debian: apt-get install strace); says so where it is missing.
//
// What it cannot show: a disk that says that it has flushed and has not.
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { CrashDisk } from "../support/crash_disk.ts";
import type { DiskEvent } from "../support/disk_event.ts";
import { noRecorder, recordDisk } from "../support/record_disk.ts";
import { SeededRandom } from "../support/seeded.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { say } from "../support/say.ts";

export type Setting = "FULL" | "NORMAL" | "OFF";

export interface PowerCutFigures {
  readonly images: number;
  /** Acknowledgements in the record. */
  readonly acknowledged: number;
  /** Images that miss something acknowledged. */
  readonly imagesWithLoss: number;
  /** Acknowledgements that the worst image misses. */
  readonly mostLost: number;
  /** Images that do not open, or in which SQLite finds a fault. */
  readonly corrupt: number;
}

const writer = fileURLToPath(import.meta.resolve("./power_cut_writer.ts"));

/** Cuts the power of one store `images` times, at random moments of its life. */
export async function powerCut(
  setting: Setting,
  { images, messages, seed }: { images: number; messages: number; seed: number },
): Promise<PowerCutFigures> {
  using place = new TemporaryDirectory();
  const home = place.at("home");
  for (const name of ["home", "logs"]) await Deno.mkdir(place.at(name));
  const program = [Deno.execPath(), "run", "-A", writer, `${home}/messages.db`, setting];
  const events = await recordDisk([...program, String(messages)], home, place.at("logs"));
  if (setting !== "FULL" && !events.some((event) => said(event)?.startsWith("weakened"))) {
    throw new Error(`The store no longer asks for FULL in the words that the control replaces`);
  }
  return cutAt(events, home, place.at("image"), new SeededRandom(seed), images);
}

function cutAt(
  events: readonly DiskEvent[],
  home: string,
  at: string,
  random: SeededRandom,
  images: number,
): PowerCutFigures {
  const moments = Array.from({ length: images }, () => random.whole(0, events.length))
    .sort((a, b) => a - b);
  const disk = new CrashDisk(home);
  const acknowledged: string[] = [];
  const figures = { images, acknowledged: 0, imagesWithLoss: 0, mostLost: 0, corrupt: 0 };
  let done = 0;
  for (const moment of moments) {
    for (const event of events.slice(done, moment)) {
      if (event.kind === "said") acknowledged.push(...event.text.split("\n"));
      else disk.apply(event);
    }
    done = moment;
    const lost = lostIn(disk.image(random), home, at, acknowledged);
    if (lost === undefined) figures.corrupt += 1;
    else if (lost > 0) figures.imagesWithLoss += 1;
    figures.mostLost = Math.max(figures.mostLost, lost ?? 0);
  }
  figures.acknowledged = events.filter((event) => /^(sent|read)/.test(said(event) ?? "")).length;
  return figures;
}

function said(event: DiskEvent): string | undefined {
  return event.kind === "said" ? event.text : undefined;
}

/** How many acknowledgements the image misses; undefined where it cannot be opened or is at fault. */
function lostIn(
  image: ReadonlyMap<string, Uint8Array>,
  home: string,
  at: string,
  acknowledged: readonly string[],
): number | undefined {
  Deno.mkdirSync(at);
  try {
    for (const [path, bytes] of image) {
      // The index of the log is mapped memory: nobody flushes it, and each first opener makes it anew.
      if (!path.endsWith("-shm")) Deno.writeFileSync(path.replace(home, at), bytes);
    }
    return lostAt(`${at}/messages.db`, acknowledged);
  } finally {
    Deno.removeSync(at, { recursive: true });
  }
}

function lostAt(path: string, acknowledged: readonly string[]): number | undefined {
  let store: SqliteStore | undefined;
  try {
    store = SqliteStore.open(path);
    const epoch = store.claim({ port: 1, pid: 1, atMs: 1 });
    let lost = 0;
    const [outcome] = store.batch(epoch, [({ messages }) => {
      for (const line of acknowledged) {
        const [event, uuid] = line.split(" ") as [string, string];
        const message = event === "weakened" ? undefined : messages.byUuid(uuid);
        const state = message && messages.deliveries(message.id)[0]?.state;
        const kept = message?.text?.startsWith(uuid) && (event === "sent" || state === "read");
        if (event !== "weakened" && !kept) lost += 1;
      }
    }], { grows: false });
    if ("error" in outcome!) return undefined;
    return isSound(path) ? lost : undefined;
  } catch {
    return undefined;
  } finally {
    store?.close();
  }
}

function isSound(path: string): boolean {
  const database = new DatabaseSync(path);
  try {
    const row = database.prepare("PRAGMA integrity_check").get();
    return row?.["integrity_check"] === "ok";
  } finally {
    database.close();
  }
}

/** True when nothing was lost under FULL, and something under each control. */
export function isProof(setting: Setting, figures: PowerCutFigures): boolean {
  const { imagesWithLoss, corrupt } = figures;
  return (imagesWithLoss + corrupt === 0) === (setting === "FULL");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      images: { type: "string", default: "4000" },
      messages: { type: "string", default: "300" },
      seed: { type: "string", default: String(crypto.getRandomValues(new Int32Array(1))[0]!) },
    },
  });
  const obstacle = noRecorder();
  if (obstacle !== undefined) {
    say(`Skipped: this ${obstacle}`);
    Deno.exit(0);
  }
  say(`seed ${values.seed}`);
  let proved = true;
  for (const setting of ["FULL", "NORMAL", "OFF"] as const) {
    const share = setting === "FULL" ? 1 : 1 / 4;
    const images = Math.ceil(+values.images * share);
    const seed = +values.seed;
    const figures = await powerCut(setting, { images, messages: +values.messages, seed });
    const { acknowledged, imagesWithLoss, mostLost, corrupt } = figures;
    say(
      `${setting.padEnd(6)}  images ${images}, of ${acknowledged} acknowledgements: with loss ` +
        `${imagesWithLoss} (worst ${mostLost}), corrupt ${corrupt}`,
    );
    proved &&= isProof(setting, figures);
  }
  Deno.exit(proved ? 0 : 1);
}
