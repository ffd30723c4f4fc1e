// The thumbnails of home.
import { useLayoutEffect, useRef } from "preact/hooks";
import { drawThumb, type Pictured } from "../thumb.ts";

export function Thumb({ board, width = 290 }: { readonly board: Pictured; readonly width?: number }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(drawThumb(board, width)), [board, width]);
  return <span class="thumbed" ref={place} />;
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
