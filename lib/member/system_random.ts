import type { Random } from "../core/clock.ts";

/** The machine's randomness. */
export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  fraction: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
};
