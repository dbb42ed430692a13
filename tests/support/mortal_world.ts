import type { Hold } from "../../lib/member/claim.ts";
import type { Sight, World } from "../../lib/member/world.ts";

/** A world around another one in which a process can die: what it had open is cut, and nobody is told. */
export class MortalWorld {
  readonly #cuts: (() => void)[] = [];
  #isDead = false;

  /**
   * Cuts its connections and, where it is the broker, gives port and store back: what it has begun to
   * write it writes, as there is no way to stop in the middle of that here.
   */
  die(): void {
    this.#isDead = true;
    for (const cut of this.#cuts) cut();
  }

  /** The world in which it lives. */
  readonly around = (inner: World<Hold>): World<Hold> => ({
    hint: () => inner.hint(),
    look: (...args) => this.#alive(inner.look(...args)),
    ask: (...args) => this.#alive(inner.ask(...args)),
    isBrokerSlow: () => inner.isBrokerSlow(),
    claim: (...args) => inner.claim(...args),
    depose: (...args) => inner.depose(...args),
    lead: (...args) => {
      const leadership = inner.lead(...args);
      this.#cuts.push(() => void leadership.close({ fenced: false }));
      return leadership;
    },
  });

  /** What it sees, unless it is dead by then. */
  async #alive(seeing: Promise<Sight>): Promise<Sight> {
    const { line, ...sight } = await seeing;
    if (this.#isDead) {
      line?.close();
      sight.bound?.close();
      return await new Promise<never>(() => {});
    }
    if (line === undefined) return sight;
    const follow: typeof line.follow = (events) => {
      const uplink = line.follow(events);
      this.#cuts.push(() => uplink.close());
      return uplink;
    };
    return { ...sight, line: { follow, close: () => line.close() } };
  }
}
