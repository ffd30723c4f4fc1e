// Small parts of the chrome: icon, logo, avatar, face, dialog.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { asset } from "../assets.ts";
import { eyes, levelColor, mouth } from "../map/face.ts";
import { initials, personColor } from "../map/person.ts";
import { placeNotices } from "../notices.ts";
import { w } from "../words/index.ts";

export function Icon({
  name,
  size = "",
}: {
  readonly name: string;
  readonly size?: "" | "s" | "m" | "l" | "xl";
}) {
  return (
    <svg class={`i ${size}`} aria-hidden="true">
      <use href={`${asset("icons")}#${name}`} />
    </svg>
  );
}

export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="8" fill="var(--brand)" />
      <path
        d="M4.5 20c4.5 0 4.5-7 9-7"
        fill="none"
        stroke="var(--on-brand)"
        stroke-width="2.2"
        stroke-linecap="round"
        opacity=".6"
      />
      <rect
        x="13.6"
        y="6.2"
        width="8.6"
        height="8.6"
        rx="1.4"
        transform="rotate(45 17.9 10.5)"
        fill="var(--on-brand)"
      />
    </svg>
  );
}

/** A value that is only read, with its label. */
export function Said({
  label,
  text,
  big = false,
}: {
  readonly label: string;
  readonly text: string;
  readonly big?: boolean;
}) {
  return (
    <div class="fld">
      <span class="lbl">{label}</span>
      <p class={big ? "said big" : "said"}>{text || "–"}</p>
    </div>
  );
}

interface Named {
  readonly name: string;
  readonly color: string;
  readonly initials?: string;
}

export function Avatar({ person, size = "" }: { readonly person: Named; readonly size?: "" | "s" | "l" }) {
  return (
    <span
      class={`av ${size}`}
      style={{ "--c": personColor(person.color) }}
      aria-hidden="true"
      data-i={person.initials || initials(person.name)}
    />
  );
}

export function Face({ value, size = 26 }: { readonly value: number; readonly size?: number }) {
  return (
    <span class="face" style={{ "--c": levelColor(value), width: `${size}px`, height: `${size}px` }}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={eyes} />
        <path d={mouth(value)} />
      </svg>
    </span>
  );
}

/** Arrows walk through a group of radio buttons and choose, as they do in a browser's own. */
export function chooseByArrows(event: KeyboardEvent): void {
  const way = ["ArrowRight", "ArrowDown"].includes(event.key)
    ? 1
    : ["ArrowLeft", "ArrowUp"].includes(event.key)
      ? -1
      : 0;
  if (way === 0) return;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=radio]")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = all[(at + way + all.length) % all.length];
  event.preventDefault();
  next?.focus();
  next?.click();
}

/** A modal dialog; it gives the focus back where it was. */
export function Modal(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
  readonly wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  // Before the next key: what is typed after the shortcut belongs in the dialog.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const before = document.activeElement as HTMLElement | null;
    dialog.showModal();
    placeNotices();
    // What the dialog is about comes first, not the way out of it.
    if (dialog.querySelector(".bd :focus") === null) {
      const chosen = dialog.querySelector<HTMLElement>('.bd [aria-checked="true"]');
      const first = ".bd input, .bd select, .bd textarea, .bd button, footer button";
      (chosen ?? dialog.querySelector<HTMLElement>(first))?.focus();
    }
    return () => {
      placeNotices(dialog);
      dialog.close(); // what stands below takes no focus before
      if (before?.isConnected === true) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dlg ${props.wide === true ? "wide" : ""}`}
      aria-labelledby="dialog-title"
      // At the key and not at the event after it, which may come after the next key, that opens another.
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClose={() => {
        if (ref.current !== null) props.onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) props.onClose();
      }}
    >
      <header>
        <h2 id="dialog-title">{props.title}</h2>
        <button type="button" class="ib" aria-label={w().common.close} onClick={props.onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div class="bd">{props.children}</div>
      {props.foot === undefined ? null : <footer>{props.foot}</footer>}
    </dialog>
  );
}
