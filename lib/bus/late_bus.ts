import type { Bus } from "./bus.ts";

/** A bus that has to be loaded first: each call waits for it, and rejects with what kept it from that. */
export class LateBus implements Bus {
  readonly #bus: Promise<Bus>;

  constructor(bus: Promise<Bus>) {
    this.#bus = bus;
    // Whoever calls is told.
    bus.catch(() => {});
  }

  async join(...given: Parameters<Bus["join"]>) {
    return await (await this.#bus).join(...given);
  }

  async present(...given: Parameters<Bus["present"]>) {
    return await (await this.#bus).present(...given);
  }

  async send(...given: Parameters<Bus["send"]>) {
    return await (await this.#bus).send(...given);
  }

  async check(...given: Parameters<Bus["check"]>) {
    return await (await this.#bus).check(...given);
  }

  async watch(...given: Parameters<Bus["watch"]>) {
    return await (await this.#bus).watch(...given);
  }

  async list(...given: Parameters<Bus["list"]>) {
    return await (await this.#bus).list(...given);
  }

  async rename(...given: Parameters<Bus["rename"]>) {
    return await (await this.#bus).rename(...given);
  }

  async room(...given: Parameters<Bus["room"]>) {
    return await (await this.#bus).room(...given);
  }

  async history(...given: Parameters<Bus["history"]>) {
    return await (await this.#bus).history(...given);
  }

  async import(...given: Parameters<Bus["import"]>) {
    return await (await this.#bus).import(...given);
  }

  async adopt(...given: Parameters<Bus["adopt"]>) {
    return await (await this.#bus).adopt(...given);
  }

  async status() {
    return await (await this.#bus).status();
  }

  async observe(...given: Parameters<Bus["observe"]>) {
    return await (await this.#bus).observe(...given);
  }

  async pause(...given: Parameters<Bus["pause"]>) {
    return await (await this.#bus).pause(...given);
  }

  async stopThread(...given: Parameters<Bus["stopThread"]>) {
    return await (await this.#bus).stopThread(...given);
  }

  async leave() {
    await (await this.#bus.catch(() => undefined))?.leave();
  }
}
