import { invariant } from "../../core/invariant.ts";
import type { Messages } from "../../store/store.ts";

/**
 * Messages for a rule that runs on what was looked up before: only what `known` has is there. A rule that
 * asks for more was given too little, which is a fault of who runs it.
 */
export function messagesWith(known: Partial<Messages>): Messages {
  return new Proxy(known, {
    get: (target, name) => {
      const found = target[name as keyof Messages];
      invariant(found !== undefined, `'${String(name)}' was looked up for this rule`);
      return found;
    },
  }) as Messages;
}
