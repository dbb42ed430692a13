// Damages the files of a store in every way it knows, opens it, and counts what came of it.
//
//   deno run -A tests/campaigns/damage_campaign.ts [--flips 1000]
//
// Each of messages.db, -wal and -shm is deleted, emptied, cut, replaced by garbage, and has one bit
// flipped at `flips` places spread over it; after a clean end of its broker and after a crash.
// `right`: as if nothing had happened. `detected`: the user is told, and the files are kept; `saved` is
// how many of the messages were still there then. `refused`: an error says what is wrong. `wrong`: none
// of these. Ends with 1 when anything was wrong.
import { parseArgs } from "node:util";
import { openDamaged, openIn, parts, storeFiles, viewOf } from "../support/damaged_store.ts";
import type { Ending, Files, Found, Part } from "../support/damaged_store.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { say } from "../support/say.ts";

export interface DamageFigures {
  cases: number;
  right: number;
  detected: number;
  refused: number;
  wrong: number;
  /** Messages that were still there where damage was detected, and how many there had been. */
  saved: number;
  had: number;
  readonly faults: string[];
}

type Damage = readonly [
  name: string,
  of: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined,
];

/** Runs the campaign and returns its figures. */
export function damageCampaign(flips: number): DamageFigures {
  const figures = { cases: 0, right: 0, detected: 0, refused: 0, wrong: 0, saved: 0, had: 0 };
  const faults: string[] = [];
  for (const ending of ["closed", "crashed"] as const) {
    using made = new TemporaryDirectory();
    const files = storeFiles(made.path, ending);
    using home = new TemporaryDirectory();
    for (const [name, bytes] of files) Deno.writeFileSync(home.at(name), bytes);
    const store = openIn(home.path);
    const held = viewOf(store);
    store.close();
    const had = held.messages.filter((message) => message !== undefined).length;
    for (const { title, damaged } of damagedFiles(ending, files, flips)) {
      using directory = new TemporaryDirectory();
      const found = openDamaged(directory.path, damaged, held);
      count(figures, found, had);
      if (found.kind === "wrong") faults.push(`${title}: ${found.why}`);
    }
  }
  return { ...figures, faults };
}

function count(figures: Omit<DamageFigures, "faults">, found: Found, had: number): void {
  figures.cases += 1;
  figures[found.kind] += 1;
  if (found.kind !== "detected") return;
  figures.saved += found.saved;
  figures.had += had;
}

function* damagedFiles(ending: Ending, files: Files, flips: number) {
  for (const part of parts) {
    const name = `messages.db${part}`;
    const bytes = files.get(name);
    if (bytes === undefined) continue;
    for (const [how, of] of damagesOf(bytes, flips, part)) {
      const damaged = new Map(files);
      const changed = of(bytes);
      if (changed === undefined) damaged.delete(name);
      else damaged.set(name, changed);
      yield { title: `${ending}, ${name} ${how}`, damaged };
    }
  }
}

function damagesOf(bytes: Uint8Array<ArrayBuffer>, flips: number, part: Part): Damage[] {
  const cuts = [1, 50, 100, 512, 4096, bytes.length >> 1, bytes.length - 4120, bytes.length - 1];
  const step = Math.max(1, Math.floor(bytes.length / flips));
  const places = Array.from(
    { length: Math.min(flips, bytes.length) },
    (_, n) => n * step + n % step,
  );
  // The head says what all else means: each of its bytes is one of the places.
  if (part !== "-shm") places.push(...Array.from({ length: 100 }, (_, n) => n));
  return [
    ["deleted", () => undefined],
    ["emptied", () => new Uint8Array(0)],
    ["replaced by garbage", () => bytes.map((_, index) => index * 167 + 13)],
    ...cuts.filter((length) => length > 0 && length < bytes.length).map((length): Damage => [
      `cut to ${length}`,
      () => bytes.slice(0, length),
    ]),
    ...places.map((place, n): Damage => [`flipped at ${place}`, () => {
      const changed = bytes.slice();
      changed[place]! ^= 1 << (n % 8);
      return changed;
    }]),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { flips: { type: "string", default: "1000" } } });
  const { faults, ...figures } = damageCampaign(+values.flips);
  for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(10)} ${value}`);
  for (const fault of faults.slice(0, 20)) say(fault);
  Deno.exit(figures.wrong === 0 ? 0 : 1);
}
