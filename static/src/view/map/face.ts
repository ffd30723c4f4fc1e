// The seven faces: own drawings, because no meaning may rest on a platform's emoji font.
import { svg } from "../dom.ts";

const mouths: Readonly<Record<string, string>> = {
  "-3": "M8 16.5q4-4.5 8 0",
  "-2": "M8 16q4-3 8 0",
  "-1": "M8.5 15.5q3.5-1.6 7 0",
  "0": "M8.5 15h7",
  "1": "M8.5 14.5q3.5 1.6 7 0",
  "2": "M8 14q4 3.4 8 0",
  "3": "M7.5 13.5q4.5 5.2 9 0",
};

export const eyes = "M9 9.6h.01M15 9.6h.01";

/** The nearest of the seven levels of a value from -300 to 300. */
export function level(value: number): number {
  const rounded = Math.round(value / 100);
  return rounded === 0 ? 0 : Math.max(-3, Math.min(3, rounded));
}

/** The token of a level's colour: never the only sign, height, face and word say it too. */
export function levelColor(value: number): string {
  return `var(--e${level(value)})`;
}

export function mouth(value: number): string {
  return mouths[String(level(value))] ?? "";
}

export function face(value: number): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: eyes }),
    svg("path", { d: mouth(value) }),
  );
}

/** Whether a feeling turns from good to bad, to neither, or the other way. */
export function turns(before: number, after: number): boolean {
  return Math.sign(level(before)) !== Math.sign(level(after));
}
