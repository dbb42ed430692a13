import { createTwoFilesPatch, diffLines, FILE_HEADERS_ONLY } from "diff";
import { backupOf, changeOf } from "../../agents/install/planned_file.ts";
import type { PlannedFile } from "../../agents/install/planned_file.ts";
import { plainLine, plainText } from "../plain_text.ts";

const decoder = new TextDecoder();

function texts({ before, after }: PlannedFile): [string, string] {
  return [decoder.decode(before?.bytes), decoder.decode(after)];
}

/** One line about what becomes of a file: what, where, and how many lines. */
export function planLine(file: PlannedFile): string {
  const change = changeOf(file);
  const path = plainLine(file.path);
  if (change === "none") return `  as it is  ${path}\n`;
  const parts = diffLines(...texts(file));
  const lines = (which: "added" | "removed") =>
    parts.filter((part) => part[which]).reduce((sum, { count }) => sum + count, 0);
  return `  ${change.padEnd(8)}  ${path}  +${lines("added")} -${lines("removed")}\n`;
}

/** The change of a file as a unified diff; empty where there is none. */
export function planDiff(file: PlannedFile): string {
  if (changeOf(file) === "none") return "";
  const { path, before, after } = file;
  const [from, to] = [before ? path : "/dev/null", after ? path : "/dev/null"];
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return plainText(createTwoFilesPatch(from, to, ...texts(file), "", "", options));
}

/** A file of a plan for `--json`. */
export function planJson(file: PlannedFile, dryRun: boolean): Record<string, unknown> {
  const change = changeOf(file);
  const backup = change === "changed" ? { backup: backupOf(file.path) } : {};
  return { path: file.path, change, ...(dryRun ? { diff: planDiff(file) } : backup) };
}
