import { HustingsError } from "../../core/errors.ts";

/** For what is done again soon, or seen by others as well: only a fault of this program goes on from here. */
export function ignoreLoss(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}
