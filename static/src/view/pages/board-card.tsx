import { Icon } from "../chrome/parts.tsx";
import { save } from "../chrome/title.tsx";
import { openMenu } from "../menu.ts";
import { call } from "../session.ts";
import { w } from "../words/index.ts";
import { when } from "../words/time.ts";
import { type Act, boardURL, type Listed } from "./boards.ts";
import { Thumb } from "./thumb.tsx";

/** The button that opens what can be done with a board. */
export function BoardMenu(props: { readonly board: Listed; readonly act: Act; readonly rename: () => void }) {
  const { board, act, rename } = props;
  const title = board.title || w().home.untitled;
  const trashed = board.trashedAt !== undefined;
  const facilitates = board.role === "facilitator";
  const menu = (anchor: HTMLElement): void => {
    const path = `boards/${board.id}`;
    openMenu(
      anchor,
      trashed
        ? [
            {
              label: w().home.restore,
              icon: "archive-restore",
              disabled: !facilitates,
              run: () => void act(() => call(`${path}/restore`, "POST", {})),
            },
          ]
        : [
            { label: w().home.open, icon: "map", run: () => location.assign(boardURL(board.id)) },
            { label: w().home.rename, icon: "pencil", disabled: !facilitates, run: rename },
            {
              label: w().home.export,
              icon: "download",
              run: () => void act(async () => save(await call(`${path}/export`), title)),
            },
            { line: true },
            {
              label: w().home.toTrash,
              icon: "trash-2",
              bad: true,
              disabled: !facilitates,
              run: () =>
                void act(
                  () => call(`${path}/trash`, "POST", {}),
                  w().home.trashed(title),
                  () => call(`${path}/restore`, "POST", {}),
                ),
            },
          ],
      w().home.menu(title),
    );
  };
  return (
    <button
      type="button"
      class="ib sm"
      aria-haspopup="menu"
      aria-label={w().home.menu(title)}
      onClick={(event) => menu(event.currentTarget)}
    >
      <Icon name="ellipsis" />
    </button>
  );
}

export function BoardCard(props: {
  readonly board: Listed;
  readonly list: boolean;
  readonly act: Act;
  readonly rename: () => void;
}) {
  const { board, list, act, rename } = props;
  const title = board.title || w().home.untitled;
  const counts = [
    w().home.phases(board.phases),
    w().home.steps(board.steps),
    w().home.cards(board.cards),
  ].join(" · ");
  return (
    <article class="mapcard">
      {list ? null : (
        <a class="th" href={boardURL(board.id)} tabIndex={-1} aria-hidden="true">
          <Thumb board={board} />
        </a>
      )}
      <div class="bd">
        <h3>
          <a href={boardURL(board.id)} title={title}>
            {title}
          </a>
        </h3>
        <BoardMenu board={board} act={act} rename={rename} />
        <p class="small mut">{counts}</p>
        <div class="row small mut foot">
          {board.moments > 0 ? (
            <span class="row gap4 mo">
              <span class="dia" />
              {w().home.moments(board.moments)}
            </span>
          ) : null}
          <span class="sp" />
          {board.live > 0 ? (
            <span class="livein tn">{w().home.here(board.live)}</span>
          ) : (
            <span>{w().home.changed(when(board.changedAt), board.changedBy)}</span>
          )}
        </div>
      </div>
    </article>
  );
}
