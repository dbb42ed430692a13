import type { ErrorCode } from "../core/errors.ts";

/** What a command tells the script that ran it. The meanings are printed by `hustings help`. */
export const exitCodes = {
  ok: 0,
  fault: 1,
  usage: 2,
  nothing: 3,
  noBus: 4,
  refused: 5,
  timedOut: 6,
  interrupted: 130,
} as const;
export type ExitCode = typeof exitCodes[keyof typeof exitCodes];

/** One line for each exit code, in the words of the help. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: "done",
  fault: "a fault of hustings or of its store, or one that the doctor found",
  usage: "the command or what was given to it is wrong; nothing was done",
  nothing: "nothing there: no message, nothing found",
  noBus: "no bus could be reached or started; what was sent before is on disk",
  refused:
    "not delivered, or not done now: nobody or no room to send to, the name is in use, the " +
    "disk is full, too much is under way",
  timedOut: "no answer in time: the message is sent, and the answer may still come",
  interrupted: "interrupted by a signal",
};

/** The exit code of a command that ended with an error; a new error code has to choose one here. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[groups[code]];
}

const groups: Record<ErrorCode, keyof typeof exitCodes> = {
  "bad_request": "usage",
  "bad_name": "usage",
  "too_large": "usage",
  "empty_text": "usage",
  "no_recipient": "refused",
  "no_such_message": "usage",
  "name_in_use": "refused",
  "too_many_requests": "refused",
  "store_full": "refused",
  "store_busy": "refused",
  "bus_down": "noBus",
  "not_admitted": "noBus",
  version: "noBus",
  cancelled: "interrupted",
  "store_damaged": "fault",
  "not_joined": "fault",
  "fenced": "fault",
  "protocol": "fault",
  "internal": "fault",
};
