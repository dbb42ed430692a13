import { HustingsError } from "../../core/errors.ts";

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The moment that `--since` names, in ms since 1970: how long before `nowMs` (`90s`, `10min`, `2h`, `3d`), or a
 * date with or without a time. Undefined where it was not given; throws `bad_request` for what is neither.
 */
export function sinceOptionMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = /^(\d{1,9}) ?(s|min|h|d)$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * unitsMs[ago[2]!]!;
  const isDate = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text);
  const atMs = isDate ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new HustingsError(
    "bad_request",
    `--since is how long ago, as in 90s, 10min, 2h or 3d, or a moment as in 2026-03-01T12:00: it is '${text}'`,
  );
}
