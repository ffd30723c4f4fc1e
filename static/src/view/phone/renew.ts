// What is drawn anew keeps each node that looks the same: a finger that is down on it, the focus and an open list stay.

/**
 * Gives an element these children. A node that stays keeps its handlers: they ask for nothing that its markup, and that
 * of the head of its section, does not tell apart. An open menu stays.
 */
export function renew(parent: Element, children: Iterable<Node | "">): void {
  let at = parent.firstChild;
  for (const child of [...children, null]) {
    if (child === "") continue;
    let same = at;
    while (same && !same.isEqualNode(child)) same = same.nextSibling;
    if (same || !child) {
      while (at && at !== same) {
        const next: ChildNode | null = at.nextSibling;
        if ((at as Element).role !== "menu") at.remove();
        at = next;
      }
    } else if (at && alike(at, child)) renew(at as Element, child.childNodes);
    else at = parent.insertBefore(child as ChildNode, at);
    at = at?.nextSibling ?? null;
  }
}

/** Gives the focus that its node took along to the node of the same key. */
export function refocus(key: string | undefined): void {
  if (document.activeElement === document.body)
    document.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true });
}

/** Whether two nodes hold the same things, of which some may differ. */
function alike(a: Node, b: Node): boolean {
  const { nodeName } = a;
  return (
    nodeName === b.nodeName &&
    (a as Element).className === (b as Element).className &&
    (nodeName === "SECTION" ? !!a.firstChild?.isEqualNode(b.firstChild) : /UL|DIV/.test(nodeName))
  );
}
