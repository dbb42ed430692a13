import { onFarewell } from "../../member/on_farewell.ts";
import { exitCodes } from "../exit_codes.ts";
import type { ExitCode } from "../exit_codes.ts";
import { paint, remark, writeError, writeOut } from "../terminal.ts";
import { meet } from "./meet.ts";
import { Narrator } from "./narrator.ts";
import { Stage } from "./stage.ts";
import { survive } from "./survive.ts";
import { waitForNewcomer } from "./wait_for_newcomer.ts";

/**
 * Plays the three stories and returns `ok` when every statement in them was true. Whatever happens,
 * its processes and its directory are gone afterwards; when it is interrupted they go at once.
 */
export async function playDemo(): Promise<ExitCode> {
  const startedAtMs = performance.now();
  const stage = await Stage.open();
  onFarewell(() => stage.clear(), exitCodes.interrupted);
  const narrator = new Narrator();
  try {
    const cast = await meet(stage, narrator);
    await waitForNewcomer(stage, cast, narrator);
    await survive(stage, cast, narrator);
    await stage.close();
  } catch (error) {
    await narrator.over();
    const reason = error instanceof Error ? error.message : String(error);
    await writeError(remark(`\nThe demo failed: ${reason}\n`, 2));
    return exitCodes.fault;
  } finally {
    await stage.clear();
    await narrator.over();
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const end = `All ${narrator.checked} statements were checked and true, in ${seconds} s.`;
  await writeOut(`\n${paint("bold", end)}\n`);
  return exitCodes.ok;
}
