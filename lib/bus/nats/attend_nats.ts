import { kinOf } from "../../member/hub/kin_of.ts";
import { stateDirectoryPath, stateFiles } from "../../member/state_directory.ts";
import { systemClock } from "../../member/system_clock.ts";
import type { Attendant, AttendIdentity } from "../bus.ts";
import { readAttendNotes, writeHookNote } from "./attend_files.ts";
import type { AttendNote } from "./attend_files.ts";
import type { NatsAttendant } from "./nats_attendant.ts";

/**
 * Speaks for a session on the bus at `url`: found by what its member left in the state directory, so that a
 * hook with nothing to show connects to nobody. As `attendBus`; rejects with what the disk says.
 */
export async function attendNats(
  url: string,
  first: AttendIdentity,
  second?: () => Promise<AttendIdentity>,
): Promise<Attendant | undefined> {
  const env = (name: string) => Deno.env.get(name);
  const { attend } = stateFiles(stateDirectoryPath({ os: Deno.build.os, env }));
  const members = readAttendNotes(attend, systemClock.wallMs());
  if (members.length === 0) return undefined;
  let caller = first;
  let note = kinOf(members, caller);
  if (note === undefined && second !== undefined) {
    caller = await second();
    note = kinOf(members, caller);
  }
  if (note === undefined) return undefined;
  const { activity, session } = caller;
  writeHookNote(attend, note.instance, {
    ...(activity === undefined ? {} : { activity }),
    ...(session === undefined ? {} : { session }),
  });
  return attendant(url, note);
}

/** Connects with the first thing that it is asked for. */
function attendant(url: string, note: AttendNote): Attendant {
  let opened: Promise<NatsAttendant> | undefined;
  const connect = async () => {
    const { openNatsAttendant } = await import("./nats_attendant.ts");
    return await openNatsAttendant(url, note);
  };
  const open = () => opened ??= connect();
  return {
    name: note.name,
    unread: note.unread,
    check: async (options) => await (await open()).mail.check(options),
    watch: async (options) => await (await open()).mail.watch(options),
    leave: () => {
      opened?.then((each) => each.leave(), () => {});
    },
  };
}
