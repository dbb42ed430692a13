/** Carries out the tasks of one key one after the other, and those of different keys side by side. */
export class InTurn<K> {
  readonly #last = new Map<K, Promise<void>>();

  /** Settles as `task` does, which starts at once where none of `key` is under way. */
  run<T>(key: K, task: () => Promise<T>): Promise<T> {
    const last = this.#last.get(key);
    const result = last === undefined ? task() : last.then(task);
    const over = result.then(() => {}, () => {}).then(() => {
      if (this.#last.get(key) === over) this.#last.delete(key);
    });
    this.#last.set(key, over);
    return result;
  }
}
