import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { Admission } from "../../member/hub/admission.ts";
import { openStateDirectory, stateDirectoryPath } from "../../member/state_directory.ts";
import { systemClock } from "../../member/system_clock.ts";
import { systemRandom } from "../../member/system_random.ts";
import { messageUuids } from "../message_uuids.ts";
import type { AttendNote } from "./attend_files.ts";
import { Directory } from "./directory.ts";
import { NatsMail } from "./nats_mail.ts";
import { natsSetting } from "./nats_setting.ts";
import { ownMachine } from "./own_machine.ts";
import { Presence } from "./presence.ts";
import { Realm } from "./realm.ts";

/** A hook of a session on a bus on NATS: it reads for the member that left `note`. */
export interface NatsAttendant {
  readonly mail: NatsMail;
  leave(): Promise<void>;
}

/**
 * Connects to the bus at `url` to read for a member. Rejects as `Realm.open` does, and with `not_joined`
 * where its box is another's by now.
 */
export async function openNatsAttendant(url: string, note: AttendNote): Promise<NatsAttendant> {
  const clocks = { clock: systemClock, random: systemRandom };
  const env = (name: string) => Deno.env.get(name);
  const home = openStateDirectory(stateDirectoryPath({ os: Deno.build.os, env }), undefined);
  const machine = ownMachine(home);
  const realm = await Realm.open(natsSetting(url), { ...clocks, isGuest: true });
  const newUuid = messageUuids(systemClock, systemRandom);
  try {
    const directory = await Directory.open(realm, { machine, random: systemRandom });
    if (directory.box(note.box)?.instance !== note.instance) throw nobody(note);
    const presence = new Presence({
      ...{ link: realm, directory, machine },
      instance: newUuid(),
      pid: Deno.pid,
      attends: true,
    });
    presence.tell({ box: note.box });
    await Promise.all([presence.follow(), presence.start()]);
    const mail = new NatsMail({
      ...{ link: realm, directory, presence, random: systemRandom, newUuid },
      admission: new Admission(systemClock),
      me: () => ({ box: note.box, isHuman: false }),
      workingMs: () => workingMs(presence, note.instance),
      onWaiting: ({ waiting, watched }) =>
        presence.tell({
          waiting: waiting ? true : undefined,
          reach: watched ? "wake" : undefined,
        }),
      attends: true,
      snapshot: () => Promise.reject(nobody(note)),
      members: () => Promise.resolve([]),
    });
    const leave = async () => {
      mail.close(new HustingsError("bus_down", "Who attended has left"));
      await presence.leave().catch(() => {});
      presence.close();
      directory.close();
      await realm.close();
    };
    return { mail, leave };
  } catch (error) {
    await realm.close();
    throw error;
  }
}

/** How long the session still counts as being at work, by what its member told last. */
function workingMs(presence: Presence, instance: string): number {
  const { activity, workedMs } = presence.record(instance) ?? {};
  if (activity !== "working" || workedMs === undefined) return 0;
  return Math.max(0, workedMs + limits.workingMs - systemClock.wallMs());
}

function nobody({ name }: AttendNote): HustingsError {
  return new HustingsError("not_joined", `'${name}' is not held by this session any more`);
}
