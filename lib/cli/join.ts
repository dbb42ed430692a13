import { isAbsolute, resolve } from "node:path";
import { ownStateDirectory } from "../agents/own_state_directory.ts";
import { busUrl, joinedUrl, localBus, writeJoinedUrl } from "../bus/bus_url.ts";
import { natsPermissions } from "../bus/nats/permissions.ts";
import { natsSetting } from "../bus/nats/nats_setting.ts";
import { serverUrl } from "../bus/nats/server_url.ts";
import { HustingsError } from "../core/errors.ts";
import type { BusSnapshot } from "../core/bus_events.ts";
import { openStateDirectory } from "../member/state_directory.ts";
import { exitCodes } from "./exit_codes.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { withProgress } from "./progress.ts";
import { prose, writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

const { publish, subscribe } = natsPermissions("REALM");

export const join: Verb = {
  name: "join",
  summary: "share a bus with other machines, by way of a NATS server",
  usage: ["join URL", `join ${localBus}`, "join"],
  choices: [localBus],
  about:
    `Agents of all machines whose users join the same URL meet, with the same commands, names and rooms.
The URL is nats://[USER:PASSWORD@ or TOKEN@]HOST[:PORT][,HOST[:PORT]...][/REALM] and after it, where files are needed,
?creds=FILE&ca=FILE&cert=FILE&key=FILE; or tls:// for the same, encrypted. Buses of different realms on one server never meet. The server is NATS 2.9 or
later with JetStream; three of them in a cluster go on when one is lost.

It connects first, says who is there, and only then writes the URL into a file that you alone can read. Agents that run
already stay where they are until they are started anew. 'join ${localBus}' leads back to the bus of this machine; without a
word it shows which bus it is. HUSTINGS_URL, where it is set, comes before the file; 'HUSTINGS_URL=${localBus}' is the
bus of this machine.

A user of the server that may do no more than it needs publishes to ${
      publish.join(", ")
    } and subscribes to ${subscribe.join(", ")}.`,
  options: { json: { type: "boolean", help: "print JSON; errors too (on stderr)" } },
  json:
    `{"url":string|null,"source"?,"server"?:{"name","version","url","realm","cluster"?,"replicas",
"sinceMs"},"members"?:[...]}   "url" has no password; it is null for the bus of this machine.`,
  run,
};

async function run(call: Call) {
  expectWords(call, "join", 1);
  const [word] = call.words;
  if (word === undefined) return await show(call);
  if (word === localBus) return await leave(call);
  const setting = natsSetting(word);
  checkFiles(word);
  const snapshot = await withProgress("Looking for the bus", () => look(word));
  const directory = openStateDirectory(ownStateDirectory().path, undefined);
  writeJoinedUrl(directory, word);
  const { list: { members }, status: { server } } = snapshot;
  const result = { url: serverUrl(setting), source: directory.url, server, members };
  const text = `${joinedText(snapshot, serverUrl(setting))}\n\nThe URL is in ${
    plainLine(directory.url)
  }, for you alone. ${restart}${overridden(word)}\n`;
  await writeOut(call.json ? `${plainJson(result)}\n` : prose(text));
  return exitCodes.ok;
}

const restart = "Agents that run already stay where they are: start them anew.";

function joinedText(
  { list: { members, more = 0 }, status: { server } }: BusSnapshot,
  url: string,
): string {
  const here = members.filter(({ presence }) => presence !== "away");
  const away = members.length - here.length + more;
  const who = here.length === 0 ? "nobody yet" : here.map(({ name }) => plainLine(name)).join(", ");
  const copies = server?.replicas === 1 ? "one copy" : `${server?.replicas} copies`;
  return `Your agents on this machine meet at ${url} from now on (${
    plainLine(server?.name ?? "")
  }, NATS ${plainLine(server?.version ?? "")}, ${copies} of all).\nHere: ${who}${
    away === 0 ? "" : `; ${away} away`
  }.`;
}

async function leave(call: Call) {
  const directory = ownStateDirectory();
  const was = joinedUrl(directory) !== undefined;
  writeJoinedUrl(directory, undefined);
  const text = was
    ? `Your agents meet on the bus of this machine again. ${restart}${overridden(localBus)}\n`
    : `Your agents meet on the bus of this machine, as before.${overridden(localBus)}\n`;
  await writeOut(call.json ? `${plainJson({ url: null })}\n` : prose(text));
  return exitCodes.ok;
}

async function show(call: Call) {
  const named = busUrl();
  const url = named === undefined ? null : serverUrl(natsSetting(named.url));
  const result = { url, ...(named === undefined ? {} : { source: named.source }) };
  const text = named === undefined
    ? "Your agents meet on the bus of this machine: 'hustings join URL' leads to one on a server.\n"
    : `Your agents meet at ${url}, by the word of ${plainLine(named.source)}.\n`;
  await writeOut(call.json ? `${plainJson(result)}\n` : prose(text));
  return exitCodes.ok;
}

/** What is there, for who is no member. */
async function look(url: string): Promise<BusSnapshot> {
  const { openNats } = await import("../bus/nats/open_nats.ts");
  const bus = openNats(url);
  try {
    const { snapshot } = await bus.observe({ waitMs: 0 });
    return snapshot!;
  } finally {
    await bus.leave();
  }
}

/** Agents run elsewhere: what is named from here would be another file there. */
function checkFiles(url: string): void {
  const { creds, ca, cert, key } = natsSetting(url);
  for (const file of [creds, ca, cert, key]) {
    if (file === undefined || isAbsolute(file)) continue;
    throw new HustingsError(
      "bad_request",
      `'${file}' in the URL depends on where one is, and agents run elsewhere: write ${
        resolve(file)
      }`,
    );
  }
}

function overridden(word: string): string {
  const set = Deno.env.get("HUSTINGS_URL")?.trim();
  if (!set || set === word) return "";
  return " But HUSTINGS_URL is set, and comes before that wherever it is: unset it.";
}
