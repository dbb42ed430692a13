import { fileURLToPath } from "node:url";

/** How a program is started. */
export type Program = readonly [string, ...string[]];

/** What is measured, and what it is measured against, in one form. */
export interface Programs {
  readonly form: "source" | "binary";
  readonly hustings: Program;
  readonly hello: Program;
  readonly empty: Program;
  /** The empty server as Node runs it, from the same bundle. */
  readonly emptyOnNode?: Program;
}

const path = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));

/** Everything as Deno runs it from its source. */
export const sources: Programs = {
  form: "source",
  hustings: fromSource("../../main.ts"),
  hello: fromSource("./peers/hello.ts"),
  empty: fromSource("./peers/empty_server.ts"),
};

/** Everything compiled, as `compile_peers.ts` leaves it in `directory`. */
export function binariesIn(directory: string): Programs {
  const at = (name: string): Program => [`${directory}/${name}`];
  return {
    form: "binary",
    hustings: at("hustings"),
    hello: at("hello"),
    empty: at("empty"),
    emptyOnNode: ["node", `${directory}/empty.mjs`],
  };
}

export function fromSource(specifier: string): Program {
  return [Deno.execPath(), "run", "-A", path(specifier)];
}
