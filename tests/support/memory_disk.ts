import type { ConfigDisk, StoredFile } from "../../lib/agents/install/config_disk.ts";

/** Files in memory. A write to a path in `refused` fails as one without permission does. */
export class MemoryDisk implements ConfigDisk {
  readonly files = new Map<string, StoredFile>();
  readonly directories = new Set<string>();
  readonly refused = new Set<string>();

  put(path: string, content: string | Uint8Array<ArrayBuffer>, mode = 0o644): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.files.set(path, { bytes, mode });
  }

  text(path: string): string | undefined {
    const file = this.files.get(path);
    return file && new TextDecoder("utf-8", { ignoreBOM: true }).decode(file.bytes);
  }

  read(path: string): StoredFile | undefined {
    return this.files.get(path);
  }

  exists(path: string): boolean {
    return this.files.has(path) || this.directories.has(path);
  }

  write(path: string, file: StoredFile): void {
    if (this.refused.has(path)) throw new Deno.errors.PermissionDenied("os error 13");
    this.files.set(path, file);
  }

  remove(path: string): void {
    if (!this.files.delete(path)) throw new Deno.errors.NotFound(path);
  }

  makeDirectory(path: string): string[] {
    const made: string[] = [];
    for (let at = path; at !== "" && !this.directories.has(at); at = at.replace(/\/[^/]*$/, "")) {
      made.unshift(at);
    }
    for (const each of made) this.directories.add(each);
    return made;
  }

  removeEmptyDirectory(path: string): void {
    const inside = [...this.files.keys(), ...this.directories].some((each) =>
      each.startsWith(`${path}/`)
    );
    if (!inside) this.directories.delete(path);
  }
}
