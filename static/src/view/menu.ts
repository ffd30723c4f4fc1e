// A menu: roving focus, type-ahead, Escape gives the focus back. One is open at a time.
import { el, icon } from "./dom.ts";

export interface MenuItem {
  readonly label: string;
  readonly icon?: string;
  /** A key or value shown at the end. */
  readonly hint?: string;
  readonly run?: () => void;
  /** Opens another menu in this one's place. */
  readonly sub?: () => readonly MenuEntry[];
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly bad?: boolean;
}

export type MenuEntry =
  | MenuItem
  | { readonly line: true }
  | { readonly cap: string }
  /** Items side by side, drawn by their own module. */
  | { readonly group: (close: (back: boolean) => void) => HTMLElement };

type Anchor = HTMLElement | { readonly x: number; readonly y: number };

let closeOpen: ((back: boolean) => void) | undefined;

/** Whether a menu is open. */
export function menuIsOpen(): boolean {
  return closeOpen !== undefined;
}

export function closeMenu(): void {
  closeOpen?.(false);
}

/** Opens a menu at an element or a point. Its focus goes back to where it was. Calls `closed` when it is gone. */
export function openMenu(
  anchor: Anchor,
  entries: readonly MenuEntry[],
  label: string,
  closed?: () => void,
): void {
  closeOpen?.(false);
  const before = document.activeElement as HTMLElement | null;
  const menu = el("div", "menu", { role: "menu", "aria-label": label, tabindex: -1 });
  const button = anchor instanceof HTMLElement && anchor.hasAttribute("aria-haspopup") ? anchor : undefined;

  const close = (back: boolean): void => {
    if (closeOpen !== close) return;
    closeOpen = undefined;
    menu.remove();
    closed?.();
    button?.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("blur", lost);
    window.removeEventListener("resize", lost);
    if (back && before?.isConnected === true) before.focus({ preventScroll: true });
  };
  const outside = (event: Event): void => {
    if (!menu.contains(event.target as Node)) close(false);
  };
  const lost = (): void => close(false);
  closeOpen = close;
  fill(menu, entries, close, anchor);
  menu.addEventListener("keydown", (event) => onKey(event, menu, close));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  button?.setAttribute("aria-expanded", "true");
  (before?.closest("dialog") ?? document.querySelector("main") ?? document.body).append(menu);
  place(menu, anchor);
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("blur", lost);
  window.addEventListener("resize", lost);
  items(menu)[0]?.focus({ preventScroll: true });
}

function fill(
  menu: HTMLElement,
  entries: readonly MenuEntry[],
  close: (back: boolean) => void,
  anchor: Anchor,
): void {
  const icons = entries.some((entry) => "label" in entry && entry.icon !== undefined);
  for (const entry of entries) {
    if ("line" in entry) menu.append(el("hr", "", { role: "separator" }));
    else if ("cap" in entry) menu.append(el("div", "cap", { role: "presentation" }, entry.cap));
    else if ("group" in entry) menu.append(entry.group(close));
    else menu.append(itemNode(entry, menu, close, anchor, icons));
  }
}

function itemNode(
  entry: MenuItem,
  menu: HTMLElement,
  close: (back: boolean) => void,
  anchor: Anchor,
  icons: boolean,
): HTMLElement {
  const node = el(
    "div",
    entry.bad === true ? "bad" : "",
    {
      role: entry.checked === undefined ? "menuitem" : "menuitemradio",
      tabindex: -1,
      "aria-checked": entry.checked === undefined ? undefined : String(entry.checked),
      "aria-disabled": entry.disabled === true ? "true" : undefined,
      "aria-haspopup": entry.sub === undefined ? undefined : "menu",
    },
    entry.icon !== undefined ? icon(entry.icon, "m") : icons ? el("span", "noi") : undefined,
    el("span", "", {}, entry.label),
  );
  if (entry.checked === true) node.append(el("span", "end", {}, icon("check", "s")));
  else if (entry.sub !== undefined) node.append(el("span", "end", {}, icon("chevron-right", "s")));
  else if (entry.hint !== undefined) node.append(el("span", "end", { "aria-hidden": "true" }, entry.hint));
  node.addEventListener("click", () => {
    if (entry.disabled === true) return;
    if (entry.sub !== undefined) {
      menu.replaceChildren();
      fill(menu, entry.sub(), close, anchor);
      place(menu, anchor);
      items(menu)[0]?.focus({ preventScroll: true });
      return;
    }
    close(true);
    entry.run?.();
  });
  return node;
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
}

function onKey(event: KeyboardEvent, menu: HTMLElement, close: (back: boolean) => void): void {
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const go = (i: number): void => all[(i + all.length) % all.length]?.focus();
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") close(true);
  else if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at <= 0 ? all.length - 1 : at - 1);
  else if (event.key === "ArrowRight") open(all[at]);
  else if (event.key === "ArrowLeft") close(true);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(-1);
  else if (event.key === "Enter" || event.key === " ") all[at]?.click();
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    const start = event.key.toLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    order.find((item) => item.textContent?.trim().toLowerCase().startsWith(start))?.focus();
  } else return;
  event.preventDefault();
}

function open(item: HTMLElement | undefined): void {
  if (item?.getAttribute("aria-haspopup") === "menu") item.click();
}

function place(menu: HTMLElement, anchor: Anchor): void {
  menu.style.left = "0px";
  menu.style.top = "0px";
  const size = menu.getBoundingClientRect();
  const box =
    anchor instanceof HTMLElement
      ? anchor.getBoundingClientRect()
      : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const gap = anchor instanceof HTMLElement ? 6 : 2;
  let x = box.left;
  if (x + size.width > innerWidth - 8) x = Math.max(8, box.right - size.width);
  let y = box.bottom + gap;
  if (y + size.height > innerHeight - 8) y = Math.max(8, box.top - size.height - gap);
  if (y + size.height > innerHeight - 8) y = Math.max(8, innerHeight - 8 - size.height);
  menu.style.left = `${x}px`;
  menu.style.top = `${y}px`;
}
