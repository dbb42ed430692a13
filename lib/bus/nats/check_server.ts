import { HustingsError } from "../../core/errors.ts";
import type { NatsSetting } from "./nats_setting.ts";
import { serverUrl } from "./server_url.ts";

/** The first version that answers reads directly, and compares what it writes by subject. */
const oldest = { major: 2, minor: 9 } as const;

/** Throws `version` for a server that is too old for this program; `written` is its version, as in `2.9.10`. */
export function checkServer(written: string, setting: NatsSetting): void {
  const [major = 0, minor = 0] = written.split(".").map((part) => Number.parseInt(part, 10) || 0);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new HustingsError(
    "version",
    `The server ${serverUrl(setting)} is NATS ${
      written || "of an unknown version"
    }, which is too old: ` +
      `update it to ${oldest.major}.${oldest.minor} or later`,
  );
}
