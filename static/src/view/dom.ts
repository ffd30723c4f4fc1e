// Plain DOM, for the map and all its text. Nothing here makes HTML from text.
import { asset } from "./assets.ts";

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/** Sets an attribute when it differs; undefined and false remove it. A name that is read out has no soft hyphens. */
export function attr(node: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  let text = value === true ? "" : String(value);
  if (name === "aria-label") text = text.replaceAll("\u00ad", "");
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Sets the text of a node when it differs. */
export function text(node: Node, value: string): void {
  if (node.textContent !== value) node.textContent = value;
}

/** Sets a style property when it differs. */
export function style(node: HTMLElement | SVGElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/** An element with classes, attributes and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  classes = "",
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (classes !== "") node.className = classes;
  for (const [name, value] of Object.entries(attributes)) attr(node, name, value);
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) attr(node, name, value);
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
}

/** An icon from the sprite; sizes: s 14, m 16, "" 18, l 20, xl 24. */
export function icon(name: string, size: "" | "s" | "m" | "l" | "xl" = ""): SVGSVGElement {
  return svg(
    "svg",
    { class: `i ${size}`.trim(), "aria-hidden": "true" },
    svg("use", { href: `${asset("icons")}#${name}` }),
  );
}

/** Puts the children in this order. What goes goes first: a node that stays is not moved for it, and keeps the focus. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const stay = new Set(children);
  for (const child of [...parent.children]) if (!stay.has(child)) child.remove();
  for (const [i, child] of children.entries())
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
}
