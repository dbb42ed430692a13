const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]] as const;

/** A time span for people, in its two largest units: `2 h 10 min`, `41 s`, `0 s`. */
export function duration(spanMs: number): string {
  const spans = units.map(([unit, unitMs], index) => {
    const larger = units[index - 1]?.[1] ?? Infinity;
    return { unit, count: Math.floor((Math.max(0, spanMs) % larger) / unitMs) };
  });
  const first = spans.findIndex((span) => span.count > 0);
  if (first === -1) return "0 s";
  return spans.slice(first, first + 2).filter((span) => span.count > 0)
    .map((span) => `${span.count} ${span.unit}`).join(" ");
}
