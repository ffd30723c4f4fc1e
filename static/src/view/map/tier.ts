// The mark that says how sure something is: dashed ring = assumption, half = reasoned inside, tick = validated.
import { svg } from "../dom.ts";
import { w } from "../words/index.ts";

export const tiers = ["assumption", "reasoned", "validated"] as const;
export type Tier = (typeof tiers)[number];

export function isTier(value: unknown): value is Tier {
  return typeof value === "string" && (tiers as readonly string[]).includes(value);
}

export function tierMark(tier: Tier): SVGSVGElement {
  const mark = svg("svg", { class: "conf", viewBox: "0 0 10 10", role: "img", "aria-label": w().tier[tier] });
  const ring = { cx: 5, cy: 5, r: 4, fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
  if (tier === "assumption") mark.append(svg("circle", { ...ring, "stroke-dasharray": "2 1.6" }));
  else if (tier === "reasoned") {
    mark.append(svg("circle", ring), svg("path", { d: "M5 1a4 4 0 0 0 0 8z", fill: "currentColor" }));
  } else {
    mark.append(
      svg("circle", { cx: 5, cy: 5, r: 4.6, fill: "currentColor" }),
      svg("path", {
        d: "M3 5.2l1.5 1.5 2.7-3",
        fill: "none",
        stroke: "var(--surface)",
        "stroke-width": 1.3,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
      }),
    );
  }
  return mark;
}
