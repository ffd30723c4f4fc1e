// Home: the boards one can open, templates to begin with, what is in the trash.
import { useEffect, useRef, useState } from "preact/hooks";
import { newID } from "../../board/record.ts";
import { under } from "../assets.ts";
import { AccountDialogs, accountMenu } from "../chrome/account.tsx";
import { Avatar, Icon, Logo, Modal } from "../chrome/parts.tsx";
import { save } from "../chrome/title.tsx";
import { Toasts } from "../chrome/toasts.tsx";
import { openMenu } from "../menu.ts";
import { toast } from "../notices.ts";
import { call, me, sayWhy } from "../session.ts";
import { sample as example } from "../settings.ts";
import { lang, w, when } from "../words/index.ts";
import { TemplateThumb, Thumb } from "./thumb.tsx";

export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly role: string;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly live: number;
  readonly trashedAt?: number;
  readonly phases: number;
  readonly steps: number;
  readonly cards: number;
  readonly moments: number;
  readonly curve: readonly { readonly value: number | null }[];
}

interface Template {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly phases: number;
  readonly steps: number;
}

type Tab = "recent" | "live" | "mine" | "trash";
const tabs: readonly Tab[] = ["recent", "live", "mine", "trash"];

function boardURL(id: string): string {
  return under(`b/${id}`);
}

function fresh(): string {
  return newID("board", (bytes) => crypto.getRandomValues(bytes));
}

async function create(template: string): Promise<void> {
  try {
    const id = fresh();
    await call("boards", "POST", { id, template, lang: lang.value });
    location.assign(boardURL(id));
  } catch (error) {
    toast(sayWhy(error, w().sign.failed), { bad: true });
  }
}

async function importFile(file: File): Promise<void> {
  try {
    const id = fresh();
    const board = JSON.parse(await file.text()) as unknown;
    await call("boards/import", "POST", { id, board });
    location.assign(boardURL(id));
  } catch (error) {
    toast(sayWhy(error, w().home.importFailed), { bad: true });
  }
}

export function Home() {
  const [boards, setBoards] = useState<readonly Listed[] | undefined>(undefined);
  const [templates, setTemplates] = useState<readonly Template[]>([]);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState("");
  const [tab, setTab] = useState<Tab>("recent");
  const [list, setList] = useState(false);
  const [dialog, setDialog] = useState<"join" | "templates" | Listed | undefined>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const spoken = lang.value;

  const load = async (): Promise<void> => {
    try {
      setBoards((await call<{ boards: readonly Listed[] }>("boards")).boards);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => {
    void load();
    const again = setInterval(() => {
      if (document.visibilityState === "visible") void load();
    }, 15_000);
    return () => clearInterval(again);
  }, []);
  useEffect(() => {
    document.title = `${w().home.boards} · ${w().app.name}`;
    call<{ templates: readonly Template[] }>(`templates?lang=${spoken}`).then(
      (answer) => setTemplates(answer.templates),
      () => setTemplates([]),
    );
  }, [spoken]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        search.current?.focus();
      }
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);

  const all = boards ?? [];
  const here = all.filter((board) => board.trashedAt === undefined);
  const shown = all
    .filter((board) => (tab === "trash") === (board.trashedAt !== undefined))
    .filter((board) => tab !== "live" || board.live > 0)
    .filter((board) => tab !== "mine" || board.role === "facilitator")
    .filter((board) => board.title.toLowerCase().includes(query.toLowerCase().trim()))
    .sort((a, b) => b.changedAt - a.changedAt);
  const act = async (what: () => Promise<unknown>, said?: string): Promise<void> => {
    try {
      await what();
      if (said !== undefined) toast(said);
      await load();
    } catch (error) {
      toast(sayWhy(error, w().sign.failed), { bad: true });
    }
  };
  const empty = boards !== undefined && here.length <= 1 && tab !== "trash" && query === "";

  return (
    <div
      class="home"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) void importFile(file);
      }}
    >
      <header class="top">
        <a class="brand" href={under("")}>
          <Logo size={30} />
          <span class="d">{w().app.name}</span>
        </a>
        <span class="sp" />
        {empty ? null : (
          <label class="search">
            <Icon name="search" />
            <span class="vh">{w().home.search}</span>
            <input
              ref={search}
              type="search"
              placeholder={w().home.search}
              value={query}
              onInput={(event) => setQuery(event.currentTarget.value)}
            />
            <span class="kbd">{w().key.ctrl} K</span>
          </label>
        )}
        <button
          type="button"
          class="avb"
          aria-haspopup="menu"
          aria-label={`${w().tool.account}: ${me.value?.name ?? ""}`}
          onClick={(event) => openMenu(event.currentTarget, accountMenu(), w().tool.account)}
        >
          {me.value === undefined ? <Icon name="user" /> : <Avatar person={me.value} size="l" />}
        </button>
      </header>
      {failed ? (
        <div class="hfail" role="alert">
          <Icon name="cloud-off" />
          {w().home.failed}
          <button type="button" class="btn sec sm" onClick={() => void load()}>
            {w().home.again}
          </button>
        </div>
      ) : null}
      {empty ? (
        <EmptyHome
          sample={here[0]}
          templates={templates}
          choose={() => setDialog("templates")}
          join={() => setDialog("join")}
        />
      ) : (
        <main class="hmain">
          <div class="hhead">
            <h1>{w().home.boards}</h1>
            <span class="sp" />
            <ImportButton />
            <button type="button" class="btn pri" onClick={() => void create("empty")}>
              <Icon name="plus" />
              {w().home.newBoard}
            </button>
          </div>
          {templates.length === 0 ? null : (
            <section aria-label={w().home.template}>
              <h2 class="h3">{w().home.template}</h2>
              <div class="tpls">
                {templates.map((template, i) => (
                  <button
                    key={template.name}
                    type="button"
                    class="tpl"
                    title={template.about}
                    onClick={() => void create(template.name)}
                  >
                    <TemplateThumb n={i} />
                    <span class="grow">
                      {template.title}
                      <small>
                        {w().home.phases(template.phases)}, {w().home.steps(template.steps)}
                      </small>
                    </span>
                  </button>
                ))}
              </div>
            </section>
          )}
          <div class="hbar">
            <span class="seg" role="group" aria-label={w().home.boards}>
              {tabs.map((name) => (
                <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>
                  {w().home[name]}
                  {name === "live" && here.some((b) => b.live > 0) ? (
                    <span class="tn">{here.filter((b) => b.live > 0).length}</span>
                  ) : null}
                </button>
              ))}
            </span>
            <span class="sp" />
            <button type="button" class="lnk small" onClick={() => setDialog("join")}>
              {w().home.join}
            </button>
            <span class="seg" role="group" aria-label={w().home.view}>
              <button
                type="button"
                aria-pressed={!list}
                aria-label={w().home.grid}
                title={w().home.grid}
                onClick={() => setList(false)}
              >
                <Icon name="layout-grid" size="m" />
              </button>
              <button
                type="button"
                aria-pressed={list}
                aria-label={w().home.list}
                title={w().home.list}
                onClick={() => setList(true)}
              >
                <Icon name="list" size="m" />
              </button>
            </span>
          </div>
          {boards === undefined && !failed ? <p class="mut">{w().home.loading}</p> : null}
          {boards !== undefined && shown.length === 0 ? (
            <p class="mut hnone">
              {query !== ""
                ? w().home.noHits
                : tab === "trash"
                  ? w().home.noTrash
                  : tab === "live"
                    ? w().home.noLive
                    : w().home.noHits}
            </p>
          ) : null}
          <div class={list ? "maplist" : "mapgrid"}>
            {shown.map((board) => (
              <BoardCard key={board.id} board={board} list={list} act={act} rename={() => setDialog(board)} />
            ))}
          </div>
        </main>
      )}
      {dialog === "join" ? <JoinDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === "templates" ? (
        <TemplateDialog templates={templates} onClose={() => setDialog(undefined)} />
      ) : null}
      {typeof dialog === "object" ? (
        <RenameDialog board={dialog} act={act} onClose={() => setDialog(undefined)} />
      ) : null}
      <AccountDialogs />
      <Toasts />
    </div>
  );
}

type Act = (what: () => Promise<unknown>, said?: string) => Promise<void>;

function BoardCard(props: {
  readonly board: Listed;
  readonly list: boolean;
  readonly act: Act;
  readonly rename: () => void;
}) {
  const { board, list, act, rename } = props;
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
              run: () => void act(() => call(`${path}/trash`, "POST", {}), w().home.trashed(title)),
            },
          ],
      w().home.menu(title),
    );
  };
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
          <a href={boardURL(board.id)}>{title}</a>
        </h3>
        <button
          type="button"
          class="ib sm"
          aria-haspopup="menu"
          aria-label={w().home.menu(title)}
          onClick={(event) => menu(event.currentTarget)}
        >
          <Icon name="ellipsis" />
        </button>
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

function ImportButton() {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        hidden
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen !== undefined) void importFile(chosen);
          event.currentTarget.value = "";
        }}
      />
      <button type="button" class="btn sec" onClick={() => file.current?.click()}>
        <Icon name="upload" />
        {w().home.import}
      </button>
    </>
  );
}

function EmptyHome(props: {
  readonly sample: Listed | undefined;
  readonly templates: readonly Template[];
  readonly choose: () => void;
  readonly join: () => void;
}) {
  const { sample, templates, choose, join } = props;
  const file = useRef<HTMLInputElement>(null);
  const isSample = sample !== undefined && example.is(sample.id);
  return (
    <main class={`hempty ${sample === undefined ? "alone" : ""}`}>
      <div>
        <h1>{w().home.emptyTitle}</h1>
        <p class="lead">{w().home.emptyText}</p>
        <div class="choices">
          <button type="button" class="choice pri" onClick={() => void create("empty")}>
            <span class="ci">
              <Icon name="route" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.emptyMap}</b>
              <small>{w().home.emptyMapHint}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <button type="button" class="choice" onClick={choose}>
            <span class="ci">
              <Icon name="layout-template" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.fromTemplate}</b>
              <small>{w().home.fromTemplateHint(templates.length)}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <button type="button" class="choice" onClick={() => file.current?.click()}>
            <span class="ci">
              <Icon name="file-text" size="l" />
            </span>
            <span class="grow">
              <b>{w().home.fromFile}</b>
              <small>{w().home.fromFileHint}</small>
            </span>
            <Icon name="arrow-right" />
          </button>
          <input
            ref={file}
            type="file"
            accept="application/json,.json"
            hidden
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen !== undefined) void importFile(chosen);
            }}
          />
        </div>
        <p class="small mut">
          {w().home.gotLink}{" "}
          <button type="button" class="lnk" onClick={join}>
            {w().home.join}
          </button>
        </p>
      </div>
      {sample === undefined ? null : (
        <article class="mapcard sample">
          <div class="th">
            <Thumb board={sample} width={560} />
          </div>
          <div class="bd">
            <div class="grow">
              <p class="small mut">{isSample ? w().home.sample : w().home.recent}</p>
              <h2>{sample.title || w().home.untitled}</h2>
              <p class="small mut">
                {isSample ? w().home.sampleHint : w().home.changed(when(sample.changedAt), sample.changedBy)}
              </p>
            </div>
            <a class="btn sec" href={boardURL(sample.id)}>
              {w().home.look}
            </a>
          </div>
        </article>
      )}
    </main>
  );
}

function TemplateDialog({
  templates,
  onClose,
}: {
  readonly templates: readonly Template[];
  readonly onClose: () => void;
}) {
  return (
    <Modal title={w().home.chooseTemplate} onClose={onClose}>
      <div class="tpls one">
        {templates.map((template, i) => (
          <button key={template.name} type="button" class="tpl" onClick={() => void create(template.name)}>
            <TemplateThumb n={i} />
            <span class="grow">
              {template.title}
              <small>{template.about}</small>
            </span>
          </button>
        ))}
      </div>
    </Modal>
  );
}

function RenameDialog({
  board,
  act,
  onClose,
}: {
  readonly board: Listed;
  readonly act: Act;
  readonly onClose: () => void;
}) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const title = String(new FormData(event.target as HTMLFormElement).get("title") ?? "").trim();
    onClose();
    void act(() => call(`boards/${board.id}/title`, "POST", { title }));
  };
  return (
    <Modal title={w().home.renameTitle} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="fld">
          <span class="lbl">{w().home.title}</span>
          <input class="in" name="title" maxLength={200} defaultValue={board.title} required />
        </label>
        <div class="row end gap8">
          <button type="button" class="btn sec" onClick={onClose}>
            {w().home.cancel}
          </button>
          <button type="submit" class="btn pri">
            {w().home.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function JoinDialog({ onClose }: { readonly onClose: () => void }) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const link = String(new FormData(event.target as HTMLFormElement).get("link") ?? "").trim();
    const secret = link.slice(link.indexOf("#") + 1);
    if (secret !== "") location.assign(under(`join#${secret}`));
  };
  return (
    <Modal title={w().home.joinTitle} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="fld">
          <span class="lbl">{w().home.joinLabel}</span>
          <input class="in" name="link" required autocomplete="off" />
        </label>
        <div class="row end">
          <button type="submit" class="btn pri">
            {w().home.joinGo}
          </button>
        </div>
      </form>
    </Modal>
  );
}
