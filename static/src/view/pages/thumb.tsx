// A board in small: its phases, how full it is, its real curve. Drawn from the counts the list carries.
import { curvePath, type Point } from "../map/curve.ts";
import { levelColor } from "../map/face.ts";

export interface Counts {
  readonly id: string;
  readonly phases: number;
  readonly steps: number;
  readonly cards: number;
  readonly moments: number;
  readonly curve: readonly { readonly value: number | null }[];
}

const bands = [
  ["l-actions", 20, "lines"],
  ["l-touch", 15, "lines"],
  ["l-back", 10, "chips"],
  ["l-thoughts", 16, "lines"],
  ["curve", 56, ""],
  ["l-pains", 17, "lines"],
  ["l-opps", 17, "lines"],
  ["l-custom", 10, "chips"],
] as const;

/** A number from 0 to 1 that stays the same for the same place of the same board. */
function chance(id: string, n: number): number {
  let h = 2166136261;
  for (const c of `${id}${n}`) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 16777619);
  return ((h >>> 0) % 1000) / 1000;
}

export function Thumb({ board, width = 290 }: { readonly board: Counts; readonly width?: number }) {
  const steps = Math.max(1, board.steps || board.curve.length);
  const w = 300;
  const step = w / steps;
  const head = 14;
  const height = head + bands.reduce((sum, band) => sum + band[1], 0);
  const cells = steps * (bands.length - 1);
  const full = Math.min(0.96, board.cards / Math.max(1, cells));
  const parts = [];
  let y = head;
  for (const [i, [name, h, look]] of bands.entries()) {
    parts.push(
      <rect
        key={name}
        y={y}
        width={w}
        height={h}
        fill={name === "curve" ? "var(--surface)" : `var(--${name})`}
      />,
    );
    for (let s = 0; s < steps && name !== "curve"; s++) {
      // The upper lanes fill first, as they do on a real map.
      const wanted = full * (1.35 - 0.09 * i);
      if (chance(board.id, i * 100 + s) > wanted) continue;
      const x = s * step + step * 0.09;
      const width = step * 0.82;
      if (look === "chips") {
        parts.push(
          <rect
            key={`${i}-${s}`}
            x={x}
            y={y + 3}
            width={width * 0.7}
            height={h - 6}
            rx={(h - 6) / 2}
            fill={`var(--${name}-i)`}
            opacity=".38"
          />,
        );
      } else {
        parts.push(
          <g key={`${i}-${s}`}>
            <rect x={x} y={y + 2.4} width={width} height={h - 4.8} rx="1.6" fill="var(--surface)" />
            <path
              d={`M${x + 2.2} ${y + 6}h${width - 4.4}M${x + 2.2} ${y + 9.6}h${(width - 4.4) * (0.5 + chance(board.id, s * 7 + i) / 2)}`}
              stroke={`var(--${name}-i)`}
              stroke-width="1.4"
              opacity=".5"
            />
          </g>,
        );
      }
    }
    y += h;
  }
  const curveTop = head + 61;
  const points: (Point & { readonly value: number })[] = [];
  for (const [i, { value }] of board.curve.entries()) {
    if (value !== null && value !== undefined)
      points.push({ x: (i + 0.5) * step, y: curveTop + 28 - (value / 300) * 20, value });
  }
  // The list says how many moments there are, not where: the lowest and the highest point stand for them.
  const low = points.reduce<(typeof points)[number] | undefined>(
    (a, b) => (a === undefined || b.value < a.value ? b : a),
    undefined,
  );
  const high = points.reduce<(typeof points)[number] | undefined>(
    (a, b) => (a === undefined || b.value > a.value ? b : a),
    undefined,
  );
  const marks = [low, high].filter((point) => point !== undefined).slice(0, board.moments);
  const perPhase = w / Math.max(1, board.phases);
  return (
    <svg class="thumb" viewBox={`0 0 ${w} ${height}`} width={width} aria-hidden="true">
      {parts}
      {Array.from({ length: Math.max(0, board.phases - 1) }, (_, i) => (
        <path key={i} d={`M${(i + 1) * perPhase} ${head}V${height}`} stroke="var(--line)" stroke-width=".7" />
      ))}
      <rect width={w} height={head} fill="var(--head)" />
      {Array.from({ length: board.phases }, (_, i) => (
        <rect
          key={i}
          x={i * perPhase + 4}
          y="5"
          width={Math.min(perPhase * 0.62, 44)}
          height="4"
          rx="1"
          fill="var(--on-head)"
          opacity=".75"
        />
      ))}
      <path d={curvePath(points)} fill="none" stroke="var(--ink)" stroke-width="2.4" stroke-linecap="round" />
      {marks.map((mark) => (
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
