import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Random } from "../../lib/core/clock.ts";

/** Rounds of a random test when `HUSTINGS_ROUNDS` does not ask for more. */
const defaultRounds = 300;

/** Randomness that one number determines: the same seed gives the same values, on every platform. */
export class SeededRandom implements Random {
  #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.whole(0, 255));
  }

  fraction(): number {
    return this.whole(0, 0x7fff_ffff) / 0x8000_0000;
  }

  /** A whole number from `min` to `max`, both possible. */
  whole(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  /** One of `choices`, each as likely as the others. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)]!;
  }
}

/**
 * A test that draws its cases. The seed comes from `HUSTINGS_SEED`, otherwise it is new at each run;
 * a failure names it and the command that draws the same cases again.
 */
export function seeded(
  name: string,
  fn: (random: SeededRandom, rounds: number) => void | Promise<void>,
): void {
  Deno.test(name, async (test) => {
    const given = Deno.env.get("HUSTINGS_SEED");
    const seed = given === undefined ? crypto.getRandomValues(new Int32Array(1))[0]! : +given;
    const rounds = +(Deno.env.get("HUSTINGS_ROUNDS") ?? defaultRounds);
    try {
      await fn(new SeededRandom(seed), rounds);
    } catch (error) {
      const file = new URL(test.origin).pathname.replace(/^.*\/tests\//, "tests/");
      const again =
        `HUSTINGS_SEED=${seed} HUSTINGS_ROUNDS=${rounds} deno test -A ${file} --filter ${
          JSON.stringify(name)
        }`;
      throw new Error(`Failed with seed ${seed}; again: ${again}`, { cause: error });
    }
  });
}
