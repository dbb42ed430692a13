import { agentDirectory } from "../agents/agent_directory.ts";
import { ownStateDirectory } from "../agents/own_state_directory.ts";
import { sharedFileText } from "../agents/shared_file_text.ts";
import { HustingsError } from "../core/errors.ts";
import { deliver, deliveryOptions, receiptShape } from "./deliver.ts";
import { onBus } from "./on_bus.ts";
import { expectWords, textOption, waitOptionMs } from "./option_values.ts";
import { plainLine } from "./plain_text.ts";
import { recipientsOf } from "./recipients_of.ts";
import { prose } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

export const share: Verb = {
  name: "share",
  summary: "send a text file with its path and type",
  usage: ["share NAME[,NAME...] FILE [--note TEXT]", "share '#ROOM' FILE", "share '*' FILE"],
  about: `Sends what FILE holds now, behind all links, with its path and type. Who types a command
may read the file anyway: it may lie anywhere, and HUSTINGS_SHARE, which bounds the tool of
an agent, does not bound this. Only what is of the bus itself, such as its secret, and what
is no text, is refused; nothing was sent then. To send a text without a word about its file
there is 'send NAME --file PATH'.`,
  options: {
    note: { type: "string", value: "TEXT", help: "what to say about it, before its text" },
    ...deliveryOptions,
  },
  json: `{"shared":{"path","mediaType","bytes"},${receiptShape}}   With
--wait a second line follows once the wait is over, as 'check' prints it.`,
  run,
};

async function run(call: Call) {
  const to = recipientsOf(call, "share", "share NAME FILE");
  expectWords(call, "share", 2);
  waitOptionMs(call);
  const [, path] = call.words;
  if (path === undefined || path === "") {
    throw new HustingsError("bad_request", "'share' needs a file: write hustings share NAME FILE");
  }
  // On demand: what it knows of media types takes some milliseconds to load.
  const { readSharedFile } = await import("../agents/read_shared_file.ts");
  const directories = [agentDirectory("terminal")];
  const never = ownStateDirectory().path;
  const file = readSharedFile(path, { directories, anywhere: true, never });
  const { head, text } = sharedFileText(file, textOption(call, "note"));
  const { text: _, ...facts } = file;
  const shared = { fields: { shared: facts }, text: prose(`${plainLine(head)} is shared.\n`, 2) };
  return await onBus(call, (bus) => deliver(call, bus, { to, text }, shared));
}
