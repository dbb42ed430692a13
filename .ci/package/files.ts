import { dirname, join } from "node:path";

/** The files of a package: their texts by their paths below its directory, with `/` between. */
export type Files = Readonly<Record<string, string>>;

/** A value as the text of a JSON file, formed as `deno fmt` wants it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The same files below a directory of their own. */
export function below(directory: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]),
  );
}

/** Writes `files` below `directory`, which is made where it is not there. */
export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(directory, path)), { recursive: true });
    await Deno.writeTextFile(join(directory, path), text);
  }
}
