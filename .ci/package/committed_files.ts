import { version } from "../../lib/core/version.ts";
import { below } from "./files.ts";
import type { Files } from "./files.ts";
import { geminiFiles } from "./gemini_files.ts";
import { marketplaceFile, pluginFiles } from "./plugin_files.ts";

/** The packages that the repository itself holds: they run the program from the PATH. */
export function committedFiles(license: string): Files {
  return {
    ...marketplaceFile(version, "./packages/plugin"),
    ...below("packages/plugin", pluginFiles(version, license, {})),
    ...below("packages/gemini", geminiFiles(version, license)),
  };
}
