import { createHash } from "node:crypto";
import { readSecret } from "../../member/secret.ts";
import type { StateDirectory } from "../../member/state_directory.ts";
import { systemRandom } from "../../member/system_random.ts";

/**
 * This machine as the directory of a bus has it: its name, by which people know it, and what tells apart two
 * of one name, and two users of one machine. Throws `bad_request` where the user's secret cannot be read.
 */
export function ownMachine({ secret }: StateDirectory): string {
  const mark = createHash("sha256").update("hustings machine ").update(
    readSecret(secret, systemRandom),
  )
    .digest("hex").slice(0, 8);
  return `${hostName()}#${mark}`;
}

function hostName(): string {
  try {
    return Deno.hostname().replaceAll("#", "-") || "machine";
  } catch {
    return "machine"; // it may not be asked for here
  }
}
