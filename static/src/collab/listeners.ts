/** Functions that want to be told of something. */
export class Listeners<T> {
  readonly #fns = new Set<(value: T) => void>();

  /** Adds one; the function returned takes it away again. */
  add(fn: (value: T) => void): () => void {
    this.#fns.add(fn);
    return () => this.#fns.delete(fn);
  }

  tell(value: T): void {
    for (const fn of this.#fns) fn(value);
  }
}
