import type { Bus } from "../../bus/bus.ts";
import { openBus } from "../../bus/open_bus.ts";
import { openView } from "../../bus/open_view.ts";
import { onFarewell } from "../../member/on_farewell.ts";
import { systemClock } from "../../member/system_clock.ts";
import { exitCodes } from "../exit_codes.ts";
import type { ExitCode } from "../exit_codes.ts";
import { plainText } from "../plain_text.ts";
import { isDumb, remark, writeError, writeOut } from "../terminal.ts";
import type { LineWishes } from "./line_filter.ts";
import { TerminalScreen } from "./terminal_screen.ts";
import { watchLimits } from "./watch_limits.ts";
import { watchLines } from "./watch_lines.ts";
import { WatchScreen } from "./watch_screen.ts";

/** What was asked for, checked. */
export interface WatchWishes extends LineWishes {
  readonly isScreen: boolean;
  readonly isJson: boolean;
  /** Take part in the race: be the broker where nobody is. */
  readonly stands: boolean;
  /** Under which name a person writes on the screen. */
  readonly name?: string;
  readonly last: number;
  readonly sinceMs?: number;
}

/** Watches the bus until somebody ends that; rejects with what is wrong with the environment. */
export async function runWatch(wishes: WatchWishes): Promise<ExitCode> {
  const bus = wishes.stands ? openBus() : openView();
  try {
    return await (wishes.isScreen ? onScreen(bus, wishes) : inLines(bus, wishes));
  } finally {
    await bus.leave();
  }
}

async function onScreen(bus: Bus, { stands, name, names, thread }: WatchWishes): Promise<ExitCode> {
  const screen = new TerminalScreen({ onChanged: () => watching.redraw(), mayStop: !stands });
  const watching = new WatchScreen(screen, {
    bus,
    clock: systemClock,
    hasColours: !Deno.noColor,
    ...(name === undefined ? {} : { name }),
    ...(names === undefined ? {} : { only: names }),
    ...(thread === undefined ? {} : { thread }),
  });
  onFarewell(async () => {
    await screen.settled();
    screen.leave();
    await bus.leave();
  }, exitCodes.interrupted);
  return await watching.run();
}

async function inLines(bus: Bus, wishes: WatchWishes): Promise<ExitCode> {
  const ending = new AbortController();
  onFarewell(() => bus.leave(), exitCodes.interrupted);
  const isWindows = Deno.build.os === "windows";
  if (!wishes.stands && !isWindows) {
    Deno.addSignalListener("SIGTSTP", () => Deno.kill(Deno.pid, "SIGSTOP"));
  }
  try {
    await watchLines({
      bus,
      clock: systemClock,
      signal: ending.signal,
      wishes,
      last: wishes.last,
      ...(wishes.sinceMs === undefined ? {} : { sinceMs: wishes.sinceMs }),
      isJson: wishes.isJson,
      form: lineForm(),
      write: writeOut,
      remark: (text) =>
        writeError(`${remark(`hustings: ${plainText(text)}`, 2)}\n`).catch(() => {}),
    });
    return exitCodes.ok;
  } catch (error) {
    // Whoever read it has seen enough.
    if (error instanceof Deno.errors.BrokenPipe) return exitCodes.ok;
    throw error;
  }
}

/** On a terminal lines are as wide as that; elsewhere they are whole and plain. */
function lineForm() {
  if (!Deno.stdout.isTerminal()) return { hasStyles: false, hasColours: false };
  const hasStyles = !isDumb();
  return { width: terminalWidth(), hasStyles, hasColours: hasStyles && !Deno.noColor };
}

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns || watchLimits.columnsAssumed;
  } catch {
    return watchLimits.columnsAssumed;
  }
}
