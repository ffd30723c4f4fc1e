// A clock that stands still until a test moves it.
import type { Clock } from "../clock.ts";

export class FakeClock implements Clock {
  #time = 1_700_000_000_000;
  #timers: { at: number; order: number; fn: () => void }[] = [];
  #order = 0;

  readonly now = (): number => this.#time;

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#time + Math.max(0, ms), order: this.#order++, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  frame(fn: () => void): () => void {
    return this.after(16, fn);
  }

  /** Begins at this time. */
  set(time: number): void {
    this.#time = time;
  }

  /** When the next timer is due; undefined when there is none. */
  get next(): number | undefined {
    return this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map((timer) => timer.at));
  }

  /** Moves on, calling what falls due on the way, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + Math.max(0, ms);
    for (;;) {
      const due = this.#timers
        .filter((timer) => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#time = Math.max(this.#time, due.at);
      due.fn();
      await settled();
    }
    this.#time = end;
  }
}

/** Waits until every promise that can be kept without time passing has been kept. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A small seeded generator: the same seed gives the same numbers everywhere. */
export function seeded(seed: number): (n: number) => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
