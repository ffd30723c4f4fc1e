// The logo as a node.
import { svg } from "../dom.ts";

export function logo(size: number): SVGSVGElement {
  return svg(
    "svg",
    { width: size, height: size, viewBox: "0 0 28 28", "aria-hidden": "true" },
    svg("rect", { width: 28, height: 28, rx: 8, fill: "var(--brand)" }),
    svg("path", {
      d: "M4.5 20c4.5 0 4.5-7 9-7",
      fill: "none",
      stroke: "var(--on-brand)",
      "stroke-width": 2.2,
      "stroke-linecap": "round",
      opacity: 0.6,
    }),
    svg("rect", {
      x: 13.6,
      y: 6.2,
      width: 8.6,
      height: 8.6,
      rx: 1.4,
      transform: "rotate(45 17.9 10.5)",
      fill: "var(--on-brand)",
    }),
  );
}
