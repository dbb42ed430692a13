import { V7Generator } from "uuidv7";
import type { Clock, Random } from "../core/clock.ts";

/** Makes UUIDv7 (RFC 9562): unique on all machines, and growing within this process. */
export function messageUuids(clock: Clock, random: Random): () => string {
  const generator = new V7Generator({
    nextUint32: () => new DataView(random.bytes(4).buffer).getUint32(0),
  });
  /** Backward steps of the clock up to this are ridden out without a break in the order. */
  const rollbackMs = 10_000;
  return () => generator.generateOrResetCore(clock.wallMs(), rollbackMs).toString();
}
