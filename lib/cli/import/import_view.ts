import { plainLine } from "../plain_text.ts";
import { prose } from "../terminal.ts";
import type { Count, TallyResult } from "./tally.ts";

/** Of what was left out, as much as a person reads; the JSON has all. */
const leftOutShown = 20;

/** What an import did, or would do, for a person. */
export function importView(
  { path, dryRun, messages, names, forwards, leftOut }: TallyResult & {
    readonly path: string;
    readonly dryRun: boolean;
  },
): string {
  const counts = [
    counted(messages, "unread message"),
    counted(names, "name"),
    counted(forwards, "forwarding"),
  ].join(", ");
  const head = dryRun
    ? `Would take ${counts} from ${plainLine(path)}, without those that are here already. ` +
      "Nothing was changed.\n"
    : `Took ${counts} from ${plainLine(path)}, which stays as it is.\n`;
  const shown = leftOut.slice(0, leftOutShown).map(({ what, why }) =>
    prose(`  left out: ${plainLine(what)}: ${plainLine(why)}\n`, 4)
  );
  const more = leftOut.length - shown.length;
  const rest = more === 0 ? "" : `  and ${more} more; --json names all\n`;
  const waits = messages.new === 0 || dryRun
    ? ""
    : "Each message waits for the agent that takes its reader's name: by HUSTINGS_NAME, or renamed.\n";
  return prose(head, 2) + shown.join("") + rest + prose(waits, 2);
}

function counted({ new: taken, known }: Count, noun: string): string {
  const here = known === 0 ? "" : ` (${known} more ${known === 1 ? "is" : "are"} here already)`;
  return `${taken} ${noun}${taken === 1 ? "" : "s"}${here}`;
}
