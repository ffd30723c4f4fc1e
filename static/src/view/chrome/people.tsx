// The island at the top right: who is here, sharing, the own account.
import { useEffect, useState } from "preact/hooks";
import type { ID } from "../../board/record.ts";
import type { MapView } from "../map/view.ts";
import { openMenu } from "../menu.ts";
import { me } from "../session.ts";
import { w } from "../words/index.ts";
import { accountMenu } from "./account.tsx";
import { Avatar, Icon } from "./parts.tsx";

interface Here {
  readonly person: ID;
  readonly session: string;
  readonly name: string;
  readonly color: string;
  readonly initials: string;
  readonly away: boolean;
}

/** The others on the board, each person once. */
function here(view: MapView): readonly Here[] {
  const { replica } = view;
  const found = new Map<ID, Here>();
  for (const peer of replica.peers.values()) {
    if (peer.session === replica.me.session) continue;
    const person = replica.people.get(peer.person);
    if (person === undefined) continue;
    found.set(peer.person, {
      person: peer.person,
      session: peer.session,
      name: person.name,
      color: person.color,
      initials: person.initials,
      away: false,
    });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function People({ view }: { readonly view: MapView }) {
  const [, redraw] = useState(0);
  useEffect(() => view.replica.onPeers(() => redraw((n) => n + 1)), [view]);
  view.drawings.value;
  const all = here(view);
  const shown = all.slice(0, 4);
  const self = me.value;
  return (
    <div class="isl isl-tr" role="group" aria-label={w().tool.present(all.length + 1)}>
      {all.length > 0 ? (
        <>
          <span class="avs">
            {shown.map((one) => (
              <button
                key={one.person}
                type="button"
                class="avb"
                title={one.name}
                aria-label={w().tool.follow(one.name)}
                onClick={() => goTo(view, one.session)}
              >
                <Avatar person={one} />
              </button>
            ))}
            {all.length > shown.length ? <span class="av more tn">+{all.length - shown.length}</span> : null}
          </span>
          <span class="v" />
        </>
      ) : null}
      {self === undefined ? null : (
        <button
          type="button"
          class="avb"
          aria-label={`${w().tool.account}: ${self.name}`}
          aria-haspopup="menu"
          title={self.name}
          onClick={(event) => openMenu(event.currentTarget, accountMenu(), w().tool.account)}
        >
          <Avatar person={self} />
        </button>
      )}
      {view.rights.gone ? null : (
        <button
          type="button"
          class="btn pri"
          aria-label={w().tool.share}
          onClick={() => view.openDialog({ kind: "share" })}
        >
          <Icon name="share-2" size="m" />
          <span class="share-word">{w().tool.share}</span>
        </button>
      )}
    </div>
  );
}

/** Brings the view to where someone is. */
function goTo(view: MapView, session: string): void {
  const at = view.replica.peers.get(session)?.at;
  if (at === undefined) return;
  const point = "lane" in at ? view.geometry.point(at) : { x: at.x / 10, y: at.y / 10 };
  if (point === undefined) return;
  const { camera } = view;
  camera.glide(
    camera.width / 2 - point.x * camera.zoom,
    camera.height / 2 - point.y * camera.zoom,
    camera.zoom,
  );
}
