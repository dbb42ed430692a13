import type { Bus, Handed, Identity, Outgoing } from "../bus/bus.ts";
import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Message, Receipt } from "../core/types.ts";
import type { PersonView } from "./protocol.ts";
import { webLimits } from "./web_limits.ts";

export interface PersonOptions {
  /** Opens a bus for the person's own membership. */
  readonly openBus: () => Bus;
  readonly place: Omit<Identity, "client" | "name" | "human" | "shared" | "must">;
  readonly clock: Clock;
}

/**
 * The person who takes part through the dashboard: a member of the bus from the moment in which a name
 * is chosen. Messages to it are taken one handful at a time, and are read once a page has shown them;
 * until then they stay its own, and are queued again where the dashboard ends first.
 */
export class Person {
  readonly #options: PersonOptions;
  readonly #listeners = new Set<() => void>();
  readonly #ending = new AbortController();
  #bus: Bus | undefined;
  /** The last joining or change of name: two pages may ask at once. */
  #joining: Promise<unknown> = Promise.resolve();
  #name: string | undefined;
  #unshown: readonly Message[] = [];
  #allShown: () => void = () => {};

  constructor(options: PersonOptions) {
    this.#options = options;
  }

  get view(): PersonView {
    const unshown = this.#unshown;
    return this.#name === undefined ? { unshown } : { name: this.#name, unshown };
  }

  /** Calls `listener` whenever the view changes; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes the name, or changes to it. Rejects with `bad_name` or `name_in_use`. */
  async join(name: string): Promise<PersonView> {
    const joining = this.#joining.then(() => this.#take(name));
    this.#joining = joining.catch(() => {});
    await joining;
    this.#tell();
    return this.view;
  }

  /** Sends in the person's name; rejects with `not_joined` before it has one, and as `Bus.send` does. */
  async send(message: Outgoing): Promise<Receipt> {
    if (this.#bus !== undefined) return await this.#bus.send(message);
    throw new HustingsError("not_joined", "Choose the name under which you write, first");
  }

  /** A page has shown these messages. */
  shown(ids: readonly number[]): void {
    const before = this.#unshown.length;
    this.#unshown = this.#unshown.filter(({ id }) => !ids.includes(id));
    if (this.#unshown.length === before) return;
    if (this.#unshown.length === 0) this.#allShown();
    this.#tell();
  }

  /** Goes: what was not shown is queued again. */
  async leave(): Promise<void> {
    this.#ending.abort();
    await this.#bus?.leave();
  }

  async #take(name: string): Promise<void> {
    if (this.#bus === undefined) await this.#enter(name);
    else if (name !== this.#name) this.#name = (await this.#bus.rename(name)).name;
  }

  async #enter(name: string): Promise<void> {
    const { openBus, place } = this.#options;
    const bus = openBus();
    try {
      const identity = { ...place, client: "person", human: true, shared: true, must: true, name };
      this.#name = (await bus.join(identity)).name;
    } catch (error) {
      await bus.leave();
      throw error;
    }
    this.#bus = bus;
    this.#takeMessages(bus);
  }

  async #takeMessages(bus: Bus): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const handed = await bus.check({ waitMs: limits.waitMs }, signal);
        if (handed.messages.length > 0) await this.#untilShown(handed);
      } catch {
        // The stream of each page tells what is wrong with the bus.
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#options.clock.after(webLimits.troubleMs, resolve);
        await promise;
      }
    }
  }

  async #untilShown(handed: Handed): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#unshown = handed.messages;
    this.#allShown = resolve;
    this.#tell();
    await promise;
    await handed.confirm();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
