// The fingers that are on the map.
interface Point {
  readonly x: number;
  readonly y: number;
}

export class Touches {
  readonly #at = new Map<number, Point>();

  /** Or the browser takes a quick swipe for a fling of its own, and the next tap, on a button say, for what stops it. */
  constructor(stage: HTMLElement) {
    const own = (event: TouchEvent): void => {
      if ((event.target as HTMLElement).closest(".editor") === null) event.preventDefault();
    };
    stage.addEventListener("touchmove", own, { passive: false });
  }

  get size(): number {
    return this.#at.size;
  }

  has(id: number): boolean {
    return this.#at.has(id);
  }

  set(event: PointerEvent): void {
    this.#at.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  delete(id: number): void {
    this.#at.delete(id);
  }

  /** How far the first two are apart, in px. */
  get spread(): number {
    const [a, b] = [...this.#at.values()];
    return a === undefined || b === undefined ? 1 : Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  }

  /** The point between them, from the corner of an element. */
  middle(of: HTMLElement): Point {
    const [a, b] = [...this.#at.values()];
    const corner = of.getBoundingClientRect();
    return {
      x: ((a?.x ?? 0) + (b?.x ?? 0)) / 2 - corner.left,
      y: ((a?.y ?? 0) + (b?.y ?? 0)) / 2 - corner.top,
    };
  }
}
