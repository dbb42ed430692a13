/**
 * A time as the legacy scripts print it: local, without a zone, with microseconds unless they are zero,
 * as in `2026-11-24T21:02:03.250000`.
 */
export function legacyTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  const ms = at.getMilliseconds();
  return `${date}T${time}${ms === 0 ? "" : `.${String(ms).padStart(3, "0")}000`}`;
}
