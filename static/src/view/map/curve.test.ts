import assert from "node:assert/strict";
import { test } from "node:test";
import { curvePath, type Point, slopes } from "./curve.ts";

test("the curve stays between its neighbours", () => {
  const values = [110, 59, 93, 59, 42, 93, 127, 93, 42, 76, 42];
  const points: Point[] = values.map((y, i) => ({ x: i * 129, y }));
  const m = slopes(points);
  for (let i = 0; i < points.length - 1; i++) {
    const [p, q] = [points[i] as Point, points[i + 1] as Point];
    const h = q.x - p.x;
    for (let k = 0; k <= 20; k++) {
      const t = k / 20;
      const y =
        (1 + 2 * t) * (1 - t) ** 2 * p.y +
        t * (1 - t) ** 2 * h * (m[i] as number) +
        t * t * (3 - 2 * t) * q.y +
        t * t * (t - 1) * h * (m[i + 1] as number);
      assert.ok(y >= Math.min(p.y, q.y) - 1e-6 && y <= Math.max(p.y, q.y) + 1e-6);
    }
  }
});

test("a curve needs two points", () => {
  assert.equal(curvePath([]), "");
  assert.equal(curvePath([{ x: 0, y: 0 }]), "");
  assert.equal(
    curvePath([
      { x: 0, y: 0 },
      { x: 30, y: 0 },
    ]),
    "M0,0 C10,0 20,0 30,0",
  );
});
