const { os } = Deno.build;

/** True where this process may mount a disk of its own: root on Linux. */
export const canMount = os === "linux" && Deno.uid() === 0 && mayMount();

/** A disk of a test's own that is small enough to fill: `using` unmounts it. Only where `canMount`. */
export class SmallDisk implements Disposable {
  readonly path: string;
  readonly #ballast: string;

  constructor(bytes: number) {
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "hustings-test-" }));
    this.#ballast = `${this.path}/filling`;
    run("mount", "-t", "tmpfs", "-o", `size=${bytes},mode=700`, "tmpfs", this.path);
  }

  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Takes all that is left but for `leaveBytes`, which is a whole number of pages of 4 KiB. */
  fill(leaveBytes: number): void {
    using file = Deno.openSync(this.#ballast, { write: true, create: true });
    const page = new Uint8Array(4096);
    file.seekSync(0, Deno.SeekMode.End);
    let end = Deno.statSync(this.#ballast).size;
    try {
      for (;;) end += file.writeSync(page);
    } catch {
      file.truncateSync(Math.max(0, end - leaveBytes));
    }
  }

  /** Gives back what `fill` took. */
  clear(): void {
    Deno.removeSync(this.#ballast);
  }

  [Symbol.dispose](): void {
    // Lazily: a test that failed may have left a file open.
    run("umount", "--lazy", this.path);
    Deno.removeSync(this.path);
  }
}

/** A container's root may be forbidden to mount. */
function mayMount(): boolean {
  const path = Deno.makeTempDirSync({ prefix: "hustings-test-" });
  try {
    run("mount", "-t", "tmpfs", "-o", "size=4096", "tmpfs", path);
    run("umount", path);
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(path);
  }
}

function run(command: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(command, { args }).outputSync();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}
