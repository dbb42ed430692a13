/** As many requests as one process has under way at once: more only wait in the server's queue. */
const window = 64;

/** What `act` brings for each of `items`, in their order; some are under way at once. Rejects as the first that does. */
export async function inWindows<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += window) {
    results.push(...await Promise.all(items.slice(start, start + window).map(act)));
  }
  return results;
}
