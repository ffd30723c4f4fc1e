// A board in small: its phases, its lanes, which cells hold something, its curve and its moments. Nothing here is
// invented: what the list does not know yet is not drawn.
import { curvePath, type Point } from "../map/curve.ts";
import { levelColor } from "../map/face.ts";
import { laneKind } from "../map/lane-kind.ts";

/** Which cells hold cards, without what they say. Digits count per step, 9 stands for more. */
export interface Picture {
  readonly phases: readonly number[];
  readonly lanes: readonly { readonly type: string; readonly cells: string }[];
  readonly moments: string;
}

export interface Pictured {
  readonly steps: number;
  readonly curve: readonly { readonly value: number | null }[];
  readonly picture?: Picture;
}

const wide = 300;
const head = 14;
const heights = { curve: 56, line: 3, chip: 10, dept: 10 } as const;

/** The heights of the bands: no lower than they can be seen, and the picture keeps its shape. */
function bandsOf(picture: Picture) {
  const bands = picture.lanes.map((lane) => {
    const kind = laneKind(lane.type);
    return { ...lane, kind, h: (heights as Readonly<Record<string, number>>)[kind.look] ?? 16 };
  });
  const sum = bands.reduce((all, band) => all + band.h, 0);
  const k = Math.max(0.6, Math.min(1.5, 164 / Math.max(1, sum)));
  return bands.map((band) => ({ ...band, h: band.h * k }));
}

export function Thumb({ board, width = 290 }: { readonly board: Pictured; readonly width?: number }) {
  const steps = Math.max(1, board.steps || board.curve.length);
  const step = wide / steps;
  const picture = board.picture ?? {
    phases: [],
    lanes: [{ type: "emotions", cells: "" }],
    moments: "",
  };
  const bands = bandsOf(picture);
  const parts = [];
  let y = head;
  let curveTop = 0;
  let curveHeight = 0;
  for (const [i, { kind, cells, h }] of bands.entries()) {
    const plain = kind.tint === "l-plain";
    const words = plain ? "var(--ink-3)" : `var(--${kind.tint}-i)`;
    const fill = plain ? "var(--surface)" : `var(--${kind.tint})`;
    parts.push(<rect key={i} y={y} width={wide} height={h + 0.3} fill={fill} />);
    if (kind.look === "curve") {
      curveTop = y;
      curveHeight = h;
    }
    const chip = kind.look === "chip" || kind.look === "dept";
    let bodies = "";
    let bars = "";
    for (let s = 0; s < steps; s++) {
      if ((cells[s] ?? "0") === "0") continue;
      const x = s * step + step * 0.09;
      const w = step * 0.82;
      if (chip) bars += `M${x + h / 5} ${y + h / 2}h${w * 0.7}`;
      else {
        bodies += `M${x} ${y + h * 0.15}h${w}v${h * 0.7}h${-w}z`;
        bars += `M${x + w * 0.1} ${y + h * 0.38}h${w * 0.8}M${x + w * 0.1} ${y + h * 0.62}h${w * 0.55}`;
      }
    }
    if (bodies !== "") parts.push(<path key={`b${i}`} d={bodies} fill="var(--surface)" />);
    if (bars !== "") {
      const stroke = chip ? h * 0.42 : 1.4;
      const cap = chip ? "round" : "butt";
      parts.push(
        <path
          key={`w${i}`}
          d={bars}
          stroke={words}
          stroke-width={stroke}
          stroke-linecap={cap}
          opacity=".45"
        />,
      );
    }
    y += h;
  }
  const height = y;
  const points: (Point & { readonly value: number; readonly moment: boolean })[] = [];
  for (const [i, { value }] of board.curve.entries()) {
    if (value === null || value === undefined) continue;
    const moment = (picture.moments[i] ?? "0") !== "0";
    const at = curveTop + curveHeight / 2 - (value / 300) * (curveHeight * 0.36);
    points.push({ x: (i + 0.5) * step, y: at, value, moment });
  }
  let from = 0;
  const phases = picture.phases.map((n) => {
    const x = from * step;
    from += n;
    return { x, w: n * step };
  });
  return (
    <svg class="thumb" viewBox={`0 0 ${wide} ${height}`} width={width} aria-hidden="true">
      {parts}
      {phases.slice(1).map(({ x }) => (
        <path key={x} d={`M${x} ${head}V${height}`} stroke="var(--line)" stroke-width=".7" />
      ))}
      <rect width={wide} height={head} fill="var(--head)" />
      {phases.map(({ x, w }) => (
        <rect
          key={x}
          x={x + 4}
          y="5"
          width={Math.max(2, Math.min(w * 0.62, 44))}
          height="4"
          rx="1"
          fill="var(--on-head)"
          opacity=".75"
        />
      ))}
      {curveHeight > 0 ? (
        <path
          d={curvePath(points)}
          fill="none"
          stroke="var(--ink)"
          stroke-width="2.4"
          stroke-linecap="round"
        />
      ) : null}
      {(curveHeight > 0 ? points.filter((point) => point.moment) : []).map((mark) => (
        <rect
          key={mark.x}
          x={mark.x - 2.6}
          y={mark.y - 2.6}
          width="5.2"
          height="5.2"
          rx=".8"
          transform={`rotate(45 ${mark.x} ${mark.y})`}
          fill={levelColor(mark.value)}
          stroke="var(--surface)"
          stroke-width="1.2"
        />
      ))}
    </svg>
  );
}

/** A template's small picture: bands and a wave, no claim of content. */
export function TemplateThumb({ n }: { readonly n: number }) {
  const waves = [
    "M6 32C14 32 16 22 26 24s12 12 20 4 8-8 12-8",
    "M6 24c8 0 10 10 20 10s10-16 20-16 8-2 12-2",
    "M6 36c10 0 12-14 22-12s12 6 20 0 6-8 10-8",
    "M6 22c8 0 12 14 22 14s10-8 18-8 8-10 12-10",
  ];
  return (
    <svg class="g" viewBox="0 0 62 44" aria-hidden="true">
      <rect width="62" height="9" fill="var(--head)" />
      <rect y="9" width="62" height="9" fill="var(--l-actions)" />
      <rect y="18" width="62" height="9" fill="var(--l-touch)" />
      <rect y="27" width="62" height="9" fill="var(--l-thoughts)" />
      <rect y="36" width="62" height="9" fill="var(--l-pains)" />
      <path
        d={waves[n % waves.length] ?? ""}
        fill="none"
        stroke="var(--ink)"
        stroke-width="2"
        stroke-linecap="round"
      />
    </svg>
  );
}
