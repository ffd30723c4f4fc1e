// The others on this board: their cursors, what they have selected, what they drag, where they type.
import type { ID } from "../../board/record.ts";
import type { Peer, Place } from "../../collab/presence.ts";
import type { Person } from "../../collab/replica.ts";
import { el, style, svg, text } from "../dom.ts";
import { w } from "../words/index.ts";
import { under } from "./heads.ts";
import { PeerDrag } from "./peer-drag.ts";
import { personColor } from "./person.ts";
import type { MapView } from "./view.ts";

interface PeerNodes {
  readonly cursor: HTMLElement;
  readonly label: HTMLElement;
  readonly rings: Map<ID, HTMLElement>;
  readonly drag: PeerDrag;
  idle: ReturnType<typeof setTimeout> | undefined;
  last: string;
}

/** A person's first name, as cursors show it. */
function shortName(person: Person | undefined): string {
  return person?.name.split(" ")[0] ?? "…";
}

export class PresenceLayer {
  readonly #view: MapView;
  readonly #peers = new Map<string, PeerNodes>();
  /** Marks on what goes under the heads; those on the heads themselves lie beside it. */
  readonly #low = el("div", "low");

  constructor(view: MapView) {
    this.#view = view;
    view.over.prepend(this.#low);
    view.replica.onPeers(() => this.#update());
    view.camera.onMove(() => this.#place());
    view.geometry.onChange(() => this.#place());
    view.onDraw(() => this.#place());
    this.#update();
  }

  #update(): void {
    const { replica, over } = this.#view;
    const gone = new Set(this.#peers.keys());
    for (const peer of replica.peers.values()) {
      if (peer.session === replica.me.session) continue;
      gone.delete(peer.session);
      let nodes = this.#peers.get(peer.session);
      if (nodes === undefined) {
        const label = el("span");
        const arrow = svg("svg", { viewBox: "0 0 18 18" }, svg("path", { d: "M2 1l13 6-6 2-2 6z" }));
        const cursor = el("div", "cur", { "aria-hidden": "true" }, label);
        cursor.prepend(arrow);
        nodes = {
          cursor,
          label,
          rings: new Map(),
          drag: new PeerDrag(this.#view, this.#low),
          idle: undefined,
          last: "",
        };
        this.#peers.set(peer.session, nodes);
        over.append(cursor);
      }
      this.#draw(peer, nodes);
    }
    for (const session of gone) this.#drop(session);
  }

  #drop(session: string): void {
    const nodes = this.#peers.get(session);
    if (nodes === undefined) return;
    nodes.cursor.remove();
    nodes.drag.close();
    for (const ring of nodes.rings.values()) ring.remove();
    clearTimeout(nodes.idle);
    this.#peers.delete(session);
  }

  #place(): void {
    this.#cut();
    for (const peer of this.#view.replica.peers.values()) {
      const nodes = this.#peers.get(peer.session);
      if (nodes !== undefined) this.#draw(peer, nodes);
    }
  }

  #cut(): void {
    const { camera, grid } = this.#view;
    const heads = grid.pinned.map((box) => ({
      ...camera.toScreen(box.x, box.y),
      w: box.w * camera.zoom,
      h: box.h * camera.zoom,
    }));
    const { left, top } = camera.edge;
    const far = 1e5;
    if (top > 0) heads.push({ x: -far, y: -far, w: 2 * far, h: far + top });
    if (left > 0) heads.push({ x: -far, y: top, w: far + left, h: far });
    under(this.#low, heads);
  }

  #screen(place: Place): { x: number; y: number } | undefined {
    const { geometry, camera } = this.#view;
    const at = "lane" in place ? geometry.point(place) : { x: place.x / 10, y: place.y / 10 };
    return at && camera.toScreen(at.x, at.y);
  }

  #draw(peer: Peer, nodes: PeerNodes): void {
    const person = this.#view.replica.people.get(peer.person);
    const color = personColor(person?.color ?? peer.person);
    style(nodes.cursor, "--c", color);
    text(nodes.label, shortName(person));
    const at = peer.at && this.#screen(peer.at);
    nodes.cursor.hidden = at === undefined || peer.typing !== undefined; // the ring says who types
    if (at !== undefined) {
      const where = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px)`;
      style(nodes.cursor, "transform", where);
      const key = JSON.stringify(peer.at);
      if (key !== nodes.last) {
        nodes.last = key;
        nodes.cursor.classList.remove("idle");
        nodes.cursor.style.opacity = "1";
        clearTimeout(nodes.idle);
        nodes.idle = setTimeout(() => nodes.cursor.classList.add("idle"), 5000);
      }
    }
    this.#drawRings(peer, nodes, person, color, nodes.cursor.hidden ? undefined : at);
    nodes.drag.draw(peer.drag, color);
  }

  /** Rings round what a person has selected; the name stands at the cursor, or where that is elsewhere at the ring. */
  #drawRings(
    peer: Peer,
    nodes: PeerNodes,
    person: Person | undefined,
    color: string,
    cursor: { readonly x: number; readonly y: number } | undefined,
  ): void {
    const wanted = new Map<ID, string>();
    for (const id of peer.selection ?? []) wanted.set(id, shortName(person));
    if (peer.typing !== undefined) wanted.set(peer.typing.id, w().notice.typing(shortName(person)));
    for (const [id, ring] of nodes.rings) {
      if (wanted.has(id)) continue;
      ring.remove();
      nodes.rings.delete(id);
    }
    const base = this.#view.stage.getBoundingClientRect();
    for (const [id, label] of wanted) {
      const node = this.#view.nodes.get(id);
      let ring = nodes.rings.get(id);
      if (node === undefined || !node.isConnected) {
        ring?.remove();
        nodes.rings.delete(id);
        continue;
      }
      if (ring === undefined) {
        ring = el("div", "ring", { "aria-hidden": "true" }, el("b"));
        nodes.rings.set(id, ring);
        const head = node.matches(".ph, .st, .lh, .corner");
        (head ? this.#view.over : this.#low).append(ring);
      }
      const box = node.getBoundingClientRect();
      style(ring, "--c", color);
      ring.classList.toggle("own", this.#view.editor.editing === id); // it has the writer's own ring
      style(ring, "transform", `translate(${box.left - base.left - 3}px, ${box.top - base.top - 3}px)`);
      style(ring, "width", `${box.width + 6}px`);
      style(ring, "height", `${box.height + 6}px`);
      const tag = ring.firstChild as HTMLElement;
      text(tag, label);
      const [x, y] = [(cursor?.x ?? 0) + base.left, (cursor?.y ?? 0) + base.top];
      tag.hidden =
        cursor !== undefined &&
        x >= box.left - 8 &&
        x <= box.right + 8 &&
        y >= box.top - 16 &&
        y <= box.bottom + 8;
    }
  }
}
