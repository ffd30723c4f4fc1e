// The emotion curve: a monotone cubic through the points (Fritsch and Carlson 1980), so that it never rises above a
// peak or dips below a low that nobody set.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The slope at each point. */
export function slopes(points: readonly Point[]): readonly number[] {
  const n = points.length;
  const at = (i: number): Point => points[i] as Point;
  const secant: number[] = [];
  for (let i = 0; i < n - 1; i++) secant.push((at(i + 1).y - at(i).y) / (at(i + 1).x - at(i).x));
  const m: number[] = [];
  for (let i = 0; i < n; i++) {
    const left = secant[i - 1];
    const right = secant[i];
    if (left === undefined || right === undefined) m.push(left ?? right ?? 0);
    else m.push(left * right <= 0 ? 0 : (left + right) / 2);
  }
  // The ends lie flat, as on paper: a feeling is held before and after.
  if (n > 1) {
    m[0] = 0;
    m[n - 1] = 0;
  }
  for (let i = 0; i < n - 1; i++) {
    const d = secant[i] as number;
    if (d === 0) {
      m[i] = 0;
      m[i + 1] = 0;
      continue;
    }
    const a = (m[i] as number) / d;
    const b = (m[i + 1] as number) / d;
    const s = a * a + b * b;
    if (s <= 9) continue;
    const t = 3 / Math.sqrt(s);
    m[i] = t * a * d;
    m[i + 1] = t * b * d;
  }
  return m;
}

/** The path data of the curve; "" below two points. */
export function curvePath(points: readonly Point[]): string {
  if (points.length < 2) return "";
  const m = slopes(points);
  const round = (v: number): number => Math.round(v * 10) / 10;
  let d = "";
  for (let i = 0; i < points.length; i++) {
    const p = points[i] as Point;
    if (i === 0) {
      d = `M${round(p.x)},${round(p.y)}`;
      continue;
    }
    const q = points[i - 1] as Point;
    const third = (p.x - q.x) / 3;
    const c1 = q.y + (m[i - 1] as number) * third;
    const c2 = p.y - (m[i] as number) * third;
    d += ` C${round(q.x + third)},${round(c1)} ${round(p.x - third)},${round(c2)} ${round(p.x)},${round(p.y)}`;
  }
  return d;
}
