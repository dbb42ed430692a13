import * as z from "zod";

const must = "must be the id of the message that you answer, a whole number from 1";

/** The argument `reply_to` of a tool that sends; left out where nothing is answered. */
export function replyArgument() {
  return z.int(must).min(1, must).optional();
}
