import { limits } from "../core/limits.ts";
import { exitCodeMeanings, exitCodes } from "./exit_codes.ts";
import { ownCommand } from "./own_command.ts";
import { lineWidth, paint } from "./terminal.ts";
import type { Verb } from "./verb.ts";
import { wrapText } from "./wrap_text.ts";

/** What the program is, how an agent gets it, and its verbs. */
export function overview(verbs: readonly Verb[]): string {
  return `${paint("bold", "Hustings")}: AI coding agents on this machine message each other.

${
    wrapped(
      `Every agent starts this program as its MCP server. The first one becomes the broker at \
127.0.0.1:${limits.basePort}, the others follow it, and when it goes another takes over: nothing to \
run as a service. 'hustings install' adds it to the AI clients on this machine. By hand, the whole of an \
agent's MCP configuration is:`,
    )
  }

${ownConfiguration()}

People and scripts take part with:

${definitions(verbs.map(({ name, summary }) => [name, summary]))}

'hustings help VERB' tells more about one; 'hustings demo' shows it all at work.

${paint("bold", "Exit codes")}
${exitCodeLines()}

${paint("bold", "Settings")}
${indented(settings)}

${paint("bold", "Environment")}
${definitions(variables)}
`;
}

/** To be copied: it is broken where JSON may be, not in a path. */
function ownConfiguration(): string {
  const { command, args } = ownCommand();
  const server = JSON.stringify(command);
  const more = args.length === 0 ? "" : `,\n  "args":${JSON.stringify(args)}`;
  return `  {"mcpServers":{"hustings":{"command":${server}${more}}}}`;
}

const settings = "settings.json in the directory of HUSTINGS_HOME names the commands that agents " +
  'may run and share: {"commands": {"tests": ["npm", "test"]}}';

const variables = [
  ["HUSTINGS_HOME", "where secret and messages are kept, instead of the usual place for state"],
  [
    "HUSTINGS_PORT",
    `the first of the ${limits.portCount} ports that are tried, instead of ${limits.basePort}`,
  ],
  [
    "HUSTINGS_URL",
    "the bus on a server, instead of the one that 'hustings join' wrote; or 'local'",
  ],
  ["HUSTINGS_NAME", "the name that an agent asks for; a command has --as"],
  ["HUSTINGS_SHARE", "directories that agents may share files from, besides those they work in"],
  ["NO_COLOR", "no colour on a terminal"],
] as const;

/** All about one verb. */
export function verbHelp(verb: Verb): string {
  const options = { ...verb.options, help: { value: "", help: "show this text" } };
  const rows = Object.entries(options).map(([name, { value, help }]) =>
    [`--${name}${value ? ` ${value}` : ""}`, help] as const
  );
  const usage = verb.usage.map((line) => wrapped(`  hustings ${line}`, 2));
  const json = verb.json === undefined
    ? ""
    : `\n${paint("bold", "JSON")}\n${indented(shape(verb.json))}
  Errors, on stderr: {"error":{"code","message"}}\n`;
  return `${wrapped(`${paint("bold", verb.name)}: ${verb.summary}`)}

${usage.join("\n")}

${wrapped(reflowed(verb.about))}

${paint("bold", "Options")}
${definitions(rows)}
${json}`;
}

function exitCodeLines(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return definitions(names.map((name) => [`${exitCodes[name]}`.padEnd(3), exitCodeMeanings[name]]));
}

/** Titles and what they mean, in two columns. */
function definitions(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => wrapped(`  ${title.padEnd(width)}  ${text}`, width + 2))
    .join("\n");
}

/** The paragraphs of a text without the line ends that its source has; lines that are indented stay. */
function reflowed(text: string): string {
  return text.replace(/(?<=\S)\n(?=\S)/g, " ");
}

/** The same for what `--json` prints, in which no blank parts the fields. */
function shape(text: string): string {
  return reflowed(text.replace(/(?<=[,|])\n(?=")/g, ""));
}

function indented(text: string): string {
  return wrapped(text.split("\n").map((line) => `  ${line}`).join("\n"));
}

/** A page that is the same in a pipe as on a terminal: its form does not depend on who reads it. */
function wrapped(text: string, hanging = 0): string {
  return wrapText(text, lineWidth, hanging);
}
