/** It went to one name, which is the reader's own: no news to it. */
export function isForOne(to: readonly string[]): boolean {
  return to.length <= 1 && !/^[*#]/.test(to[0] ?? "");
}
