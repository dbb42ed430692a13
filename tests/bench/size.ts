import type { Context } from "./context.ts";
import type { Row } from "./row.ts";

/** The size of the binary, against one of the same runtime that only says hello; nothing for a source. */
export async function size({ programs }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { hustings, hello } of programs.filter(({ form }) => form === "binary")) {
    const [ours, other] = [await bytesOf(hustings[0]), await bytesOf(hello[0])];
    rows.push({
      what: "size of the binary",
      ours: megabytes(ours),
      against: "hello-world",
      other: megabytes(other),
      ratio: ours / other,
      aim: "≤ 1.05",
    });
  }
  return rows;
}

async function bytesOf(path: string): Promise<number> {
  return (await Deno.stat(path)).size;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
