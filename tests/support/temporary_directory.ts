/** A directory of a test's own: `using` removes it with all that is in it. */
export class TemporaryDirectory implements Disposable {
  readonly path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "hustings-test-" }));

  /** The path of an entry; nothing is made. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
