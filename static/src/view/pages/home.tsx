// Home: the boards one can open, templates to begin with, what is in the trash.
import { useEffect, useRef, useState } from "preact/hooks";
import { under } from "../assets.ts";
import { AccountDialogs, accountMenu } from "../chrome/account.tsx";
import { useLoaded } from "../chrome/loaded.ts";
import { NetworkChip } from "../chrome/network.tsx";
import { Avatar, Icon, Logo } from "../chrome/parts.tsx";
import { openMenu } from "../menu.ts";
import { toast } from "../notices.ts";
import { call, me, sayWhy } from "../session.ts";
import { lang, w } from "../words/index.ts";
import { BoardCard, BoardMenu } from "./board-card.tsx";
import { type Act, create, importFile, type Listed, type Template } from "./boards.ts";
import { JoinDialog, RenameDialog, TemplateDialog } from "./home-dialogs.tsx";
import { EmptyHome } from "./home-empty.tsx";
import { ImportInput } from "./import-input.tsx";
import { TemplateThumb } from "./thumb.tsx";

type Tab = "recent" | "live" | "mine" | "trash";
const tabs: readonly Tab[] = ["recent", "live", "mine", "trash"];

export function Home() {
  const { loaded, failed, load } = useLoaded<{ boards: readonly Listed[] }>("boards");
  const boards = loaded?.boards;
  const [templates, setTemplates] = useState<readonly Template[]>([]);
  const [query, setQuery] = useState("");
  const [tab, setTab] = useState<Tab>("recent");
  const [list, setList] = useState(false);
  const [dialog, setDialog] = useState<"join" | "templates" | Listed | undefined>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const spoken = lang.value;

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
  const act: Act = async (what, said, undo) => {
    try {
      await what();
      if (said !== undefined)
        toast(said, undo === undefined ? {} : { action: w().deleted.undo, run: () => void act(undo) });
      await load();
    } catch (error) {
      toast(sayWhy(error, w().sign.failed), { bad: true });
    }
  };
  // Nothing to look through yet: no board at all, or one, and nothing in the trash.
  const only = all.length === 1 ? here[0] : undefined;
  const empty = boards !== undefined && all.length === (only === undefined ? 0 : 1);

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
        <NetworkChip />
        <span class="sp" />
        {empty || boards === undefined ? null : (
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
      {boards === undefined && !failed ? (
        <main class="hmain">
          <p class="mut">{w().home.loading}</p>
        </main>
      ) : empty ? (
        <EmptyHome
          sample={only}
          menu={
            only === undefined ? null : <BoardMenu board={only} act={act} rename={() => setDialog(only)} />
          }
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
          {boards !== undefined && shown.length === 0 ? (
            <p class="mut hnone">
              {query !== ""
                ? w().home.noHits
                : tab === "trash"
                  ? w().home.noTrash
                  : tab === "live"
                    ? w().home.noLive
                    : w().home.none}
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
    </div>
  );
}

function ImportButton() {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <ImportInput of={file} />
      <button type="button" class="btn sec" onClick={() => file.current?.click()}>
        <Icon name="upload" />
        <span class="word">{w().home.import}</span>
      </button>
    </>
  );
}
