import * as z from "zod";

const must = "must be a name, a #room, a list of them, or * for everyone";

/** The argument `to` of a tool that sends; a list is taken, too, but not told of: it costs context. */
export function recipientsArgument() {
  return z.union([z.string(), z.array(z.string())], must).meta({
    anyOf: undefined,
    type: "string",
  });
}

/** Models write lists as `a, b` or as JSON in a text, too; no name has a comma or a bracket in it. */
export function recipientsOf(to: string | readonly string[]): string[] {
  if (typeof to !== "string") return to.map((name) => name.trim());
  const list = /^\s*\[(.*)\]\s*$/s.exec(to)?.[1]?.replaceAll('"', "") ?? to;
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "");
}
