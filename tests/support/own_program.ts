import { fileURLToPath } from "node:url";

/**
 * The program from source, as arguments of Deno. Quiet: where one test file ran first, Deno asks the registry
 * again at each start, and says so.
 */
export const ownProgram: string[] = [
  ...["run", "--quiet", "-A"],
  fileURLToPath(import.meta.resolve("../../main.ts")),
];
