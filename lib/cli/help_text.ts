import { limits } from "../core/limits.ts";
import { exitCodeMeanings, exitCodes } from "./exit_codes.ts";
import { ownCommand } from "./own_command.ts";
import { paint } from "./terminal.ts";
import type { Verb } from "./verb.ts";

/** What the program is, how an agent gets it, and its verbs. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const { command, args } = ownCommand();
  const server = { command, ...(args.length === 0 ? {} : { args }) };
  const list = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `${paint("bold", "Hustings")}: AI coding agents on this machine message each other.

Every agent starts this program as its MCP server. The first one becomes the broker at
127.0.0.1:${limits.basePort}, the others follow it, and when it goes another takes over: nothing to
run as a service. 'hustings install' adds it to the AI clients on this machine. By hand, the whole of
an agent's MCP configuration is:

  ${JSON.stringify({ mcpServers: { hustings: server } })}

People and scripts take part with:

${list.join("\n")}

'hustings help VERB' tells more about one; 'hustings demo' shows it all at work.

${paint("bold", "Exit codes")}
${exitCodeLines()}

${paint("bold", "Settings")}
  settings.json in the directory of HUSTINGS_HOME names the commands that agents may run and
  share: {"commands": {"tests": ["npm", "test"]}}

${paint("bold", "Environment")}
  HUSTINGS_HOME   where secret and messages are kept, instead of the usual place for state
  HUSTINGS_PORT   the first of the ${limits.portCount} ports that are tried, instead of ${limits.basePort}
  HUSTINGS_NAME   the name that an agent asks for; a command has --as
  HUSTINGS_SHARE  directories that agents may share files from, besides those they work in
  NO_COLOR        no colour on a terminal
`;
}

/** All about one verb. */
export function verbHelp(verb: Verb): string {
  const options = { ...verb.options, help: { value: "", help: "show this text" } };
  const titles = Object.entries(options).map(([name, { value }]) =>
    `--${name}${value ? ` ${value}` : ""}`
  );
  const width = Math.max(...titles.map((title) => title.length));
  const lines = Object.values(options).map(({ help }, index) =>
    `  ${titles[index]!.padEnd(width)}  ${help}`
  );
  const usage = verb.usage.map((line) => `  hustings ${line}`);
  const json = verb.json === undefined ? "" : `\n${paint("bold", "JSON")}\n${indented(verb.json)}
  Errors, on stderr: {"error":{"code","message"}}\n`;
  return `${paint("bold", verb.name)}: ${verb.summary}

${usage.join("\n")}

${verb.about}

${paint("bold", "Options")}
${lines.join("\n")}
${json}`;
}

function exitCodeLines(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return names.map((name) => `  ${String(exitCodes[name]).padEnd(3)}  ${exitCodeMeanings[name]}`)
    .join("\n");
}

function indented(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}
