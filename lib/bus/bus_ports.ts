import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/**
 * The ports of the bus from `base` on, the usual ones where it is not set. Throws `bad_request` when
 * `base` leaves no room for ten ports.
 */
export function busPorts(base: string | undefined): number[] {
  const first = base === undefined || base === "" ? limits.basePort : Number(base);
  const last = 65_535 - limits.portCount + 1;
  if (!Number.isInteger(first) || first < 1 || first > last) {
    throw new HustingsError(
      "bad_request",
      `HUSTINGS_PORT is '${base}': give the first of ten ports, from 1 to ${last}`,
    );
  }
  return Array.from({ length: limits.portCount }, (_, index) => first + index);
}
