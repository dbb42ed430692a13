import { typicalText } from "./typical_text.ts";

/** Each sender sends, waits, and sends again; the first quarter of the time is not counted. */
export async function rateOf(
  sends: readonly ((text: string) => Promise<unknown>)[],
  forMs: number,
): Promise<number> {
  const from = performance.now() + forMs / 4;
  const until = from + forMs;
  let count = 0;
  await Promise.all(sends.map(async (send) => {
    for (let now = 0; now < until; now = performance.now()) {
      await send(typicalText);
      if (now >= from) count += 1;
    }
  }));
  return count / ((performance.now() - from) / 1000);
}
