import { bounds } from "./bounds.ts";
import { AgentBench } from "./bus_bench.ts";
import type { BusKind, Theme } from "./bus_bench.ts";
import { endings } from "./endings.ts";
import { history } from "./history.ts";
import { listing } from "./listing.ts";
import { moving } from "./moving.ts";
import { names } from "./names.ts";
import { people } from "./people.ts";
import { reading } from "./reading.ts";
import { renames } from "./renames.ts";
import { restarts } from "./restarts.ts";
import { rooms } from "./rooms.ts";
import { sending } from "./sending.ts";
import { states } from "./states.ts";
import { viewing } from "./viewing.ts";
import { waiting } from "./waiting.ts";
import { watching } from "./watching.ts";

const themes: readonly Theme[] = [
  sending,
  bounds,
  reading,
  waiting,
  states,
  history,
  names,
  renames,
  rooms,
  listing,
  watching,
  people,
  moving,
  viewing,
  endings,
  restarts,
];

/** Registers what every bus has to do as tests of `kind`, each on a bus of its own. */
export function conformance({ name, missing, create }: BusKind): void {
  const ignore = missing !== undefined;
  const skipped = ignore ? ` (not tried: ${missing})` : "";
  for (const [title, body] of themes.flatMap((theme) => Object.entries(theme))) {
    Deno.test({ name: `${name}: ${title}${skipped}`, ignore }, async () => {
      await using bench = new AgentBench(await create());
      await body(bench);
    });
  }
}
