// The island at the top right: who is here, sharing, the own account.
import { useEffect, useState } from "preact/hooks";
import type { ID } from "../../board/record.ts";
import type { Person } from "../../collab/replica.ts";
import type { MapView } from "../map/view.ts";
import { openMenu } from "../menu.ts";
import { me } from "../session.ts";
import { w } from "../words/index.ts";
import { accountMenu } from "./account.tsx";
import { Avatar, Icon } from "./parts.tsx";

interface Here extends Person {
  readonly session: string;
}

/** The others on the board, each person once, however many pages they have it open in. */
function here(view: MapView): readonly Here[] {
  const { people, peers, me } = view.replica;
  const found = new Map<ID, Here>();
  for (const { person: id, session, at } of peers.values()) {
    const person = people.get(id);
    // Of several pages the one with a cursor counts.
    if (person === undefined || id === me.person || (found.has(id) && at === undefined)) continue;
    found.set(id, { ...person, session });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export function People({ view }: { readonly view: MapView }) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const again = (): void => redraw((n) => n + 1);
    addEventListener("resize", again);
    const stop = view.replica.onPeers(again);
    return () => {
      removeEventListener("resize", again);
      stop();
    };
  }, [view]);
  view.drawings.value;
  const all = here(view);
  // board.css leaves this room beside the title.
  const most = innerWidth > 900 ? 4 : innerWidth > 600 ? 2 : all.length < 2 ? 1 : 0;
  const rest = all.slice(most);
  const self = me.value;
  if (all.length === 0 && self === undefined && view.rights.gone) return null;
  return (
    <div class="isl isl-tr" role="group" aria-label={w().tool.present(all.length + 1)}>
      {all.length > 0 ? (
        <>
          <span class="avs">
            {all.slice(0, most).map((one) => (
              <button
                key={one.id}
                type="button"
                class="avb"
                title={one.name}
                aria-label={w().tool.follow(one.name)}
                onClick={() => goTo(view, one.session)}
              >
                <Avatar person={one} />
              </button>
            ))}
            {rest.length > 0 ? (
              <button
                type="button"
                class="avb"
                title={rest.map((one) => one.name).join(", ")}
                aria-label={w().tool.present(all.length + 1)}
                aria-haspopup="menu"
                onClick={(event) =>
                  openMenu(
                    event.currentTarget,
                    rest.map((one) => ({
                      label: w().tool.follow(one.name),
                      run: () => goTo(view, one.session),
                    })),
                    w().tool.present(all.length + 1),
                  )
                }
              >
                <span class="av more tn" aria-hidden="true" data-i={`+${rest.length}`} />
              </button>
            ) : null}
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
