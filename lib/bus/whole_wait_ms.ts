/** A wait as it goes over the wire: a whole number of milliseconds, from 0 to `longestMs`. */
export function wholeWaitMs(waitMs: number, longestMs: number): number {
  return Math.max(0, Math.min(longestMs, Math.round(waitMs)));
}
