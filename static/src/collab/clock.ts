// Time and chance, handed in so that tests and simulations can hold them still.

export interface Clock {
  /** Milliseconds since 1970 by this computer. */
  now(): number;
  /** Calls fn once after that many milliseconds; the function returned calls it off. */
  after(ms: number, fn: () => void): () => void;
  /** Calls fn before the next picture is drawn, and soon even while the page is hidden. */
  frame(fn: () => void): () => void;
}

/** A number from 0 up to, not including, 1. */
export type Random = () => number;

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  frame(fn) {
    if (typeof requestAnimationFrame === "undefined") return this.after(0, fn);
    // A hidden page draws nothing, so a timer stands behind the frame.
    let ended = false;
    const once = (): void => {
      if (ended) return;
      end();
      fn();
    };
    const frame = requestAnimationFrame(once);
    const timer = setTimeout(once, 100);
    const end = (): void => {
      ended = true;
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
    return end;
  },
};

/** Fills bytes from the browser's source of randomness. */
export function browserBytes(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}
