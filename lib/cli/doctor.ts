import type { Finding, Level } from "./doctor/findings.ts";
import { exitCodes } from "./exit_codes.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { withProgress } from "./progress.ts";
import { paint, prose, writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

export const doctor: Verb = {
  name: "doctor",
  summary: "say what is wrong with the bus on this machine, and how to mend it",
  usage: ["doctor"],
  about:
    `Looks at the state directory, the secret, the ports and who holds them, the broker, its lock,
the store, the disk, what you have allowed, and the clients' configuration; where the agents meet on a
server, at that, its rights, copies and clocks. It changes
nothing, is no broker and no member, and works when nothing runs. The exit code is 1 when
something has to be mended.`,
  options: { json: { type: "boolean", help: "print JSON; errors too (on stderr)" } },
  json: `{"well","findings":[{"check","level":"ok"|"note"|"fault","text","mend"?}]}`,
  run,
};

async function run(call: Call) {
  expectWords(call, "doctor", 0);
  // Only the doctor needs what it looks with.
  const { examine } = await import("./doctor/examine.ts");
  const findings = await withProgress("Looking at the bus", examine);
  const well = findings.every(({ level }) => level !== "fault");
  await writeOut(call.json ? `${plainJson({ well, findings })}\n` : view(findings));
  return well ? exitCodes.ok : exitCodes.fault;
}

const styles: Record<Level, "green" | "bold" | "red"> = { ok: "green", note: "bold", fault: "red" };

function view(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat("fault".length + width + 4);
  const lines = findings.map(({ check, level, text, mend }) => {
    const head = `${paint(styles[level], level.padEnd("fault".length))}  ${check.padEnd(width)}`;
    const cure = mend === undefined ? "" : prose(`${indent}To mend it: ${plainLine(mend)}\n`);
    return prose(`${head}  ${plainLine(text)}\n`, indent.length) + cure;
  });
  const faults = findings.filter(({ level }) => level === "fault").length;
  const sum = faults === 0 ? "All is well." : `${faults} to mend.`;
  return `${lines.join("")}\n${sum}\n`;
}
