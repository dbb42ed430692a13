import { HustingsError } from "./errors.ts";
import type { Operation, ResultOf } from "./operations.ts";
import type { Reply } from "./wire.ts";

/** What settles the promise of a request by the reply to it: with its result, or the broker's error. */
export function settleBy<O extends Operation>(
  resolve: (result: ResultOf<O>) => void,
  reject: (error: HustingsError) => void,
): (reply: Reply) => void {
  return (reply) => {
    if ("ok" in reply) resolve(reply.ok as ResultOf<O>);
    else reject(new HustingsError(reply.error.code, reply.error.message));
  };
}
