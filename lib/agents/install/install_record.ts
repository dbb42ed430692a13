import * as z from "zod";
import { HustingsError } from "../../core/errors.ts";
import type { ConfigDisk } from "./config_disk.ts";

const Entry = z.object({
  client: z.string(),
  level: z.enum(["user", "project"]),
  path: z.string(),
  format: z.enum(["json", "toml", "yaml"]),
  list: z.string().optional(),
  hooks: z.boolean(),
  /** What the file was after the last change, as SHA-256 in hex. */
  sha256: z.string(),
  /** The same of the original, while it can be put back whole: nobody else changed the file meanwhile. */
  original: z.string().optional(),
  /** The file was not there before. */
  created: z.boolean(),
  /** There is a copy of the original. */
  backup: z.boolean(),
  /** Objects and lists in it that were made. */
  made: z.array(z.array(z.union([z.string(), z.number()]))),
  /** Directories that were made for it, outermost first. */
  directories: z.array(z.string()),
});
const Whole = z.object({ version: z.literal(1), files: z.array(Entry) });

/** What was installed into one file, and how it was before. */
export type InstalledFile = z.infer<typeof Entry>;

/** What was installed, as it is noted in the state directory. */
export class InstallRecord {
  readonly #disk: ConfigDisk;
  readonly #path: string;
  #files: readonly InstalledFile[];

  /** Reads it; a missing file is an empty record. Throws `bad_request` for one that is damaged. */
  constructor(disk: ConfigDisk, path: string) {
    this.#disk = disk;
    this.#path = path;
    const stored = disk.read(path);
    this.#files = stored === undefined ? [] : read(path, new TextDecoder().decode(stored.bytes));
  }

  get files(): readonly InstalledFile[] {
    return this.#files;
  }

  of(path: string): InstalledFile | undefined {
    return this.#files.find((file) => file.path === path);
  }

  /** Notes it in place of what was noted for the same file. */
  note(file: InstalledFile): void {
    this.#files = [...this.#files.filter(({ path }) => path !== file.path), file];
  }

  forget(path: string): void {
    this.#files = this.#files.filter((file) => file.path !== path);
  }

  /** Writes what has been noted, for its owner alone; without any note left the file is removed. */
  save(): void {
    if (this.#files.length === 0) {
      if (this.#disk.exists(this.#path)) this.#disk.remove(this.#path);
      return;
    }
    const text = `${JSON.stringify({ version: 1, files: this.#files }, null, 2)}\n`;
    this.#disk.write(this.#path, { bytes: new TextEncoder().encode(text), mode: 0o600 });
  }
}

function read(path: string, text: string): InstalledFile[] {
  try {
    return Whole.parse(JSON.parse(text)).files;
  } catch (cause) {
    throw new HustingsError(
      "bad_request",
      `'${path}', where it is noted what was installed, cannot be read: move it away; what was ` +
        "installed is then found by its command, and backups beside the files stay",
      { cause },
    );
  }
}
