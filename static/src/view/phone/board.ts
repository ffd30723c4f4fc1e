// A board on a phone: one step at a time as a list, never a small canvas. The same log, the same replica.
import type { Op } from "../../board/op.ts";
import { type BoardRecord, emotionID, type ID, numberField, textField } from "../../board/record.ts";
import type { Replica, UndoOutcome } from "../../collab/replica.ts";
import { under } from "../assets.ts";
import { el, icon } from "../dom.ts";
import { FeelingWords } from "../map/feeling.ts";
import { deletedOf, emotionOps, type Journey, readJourney, restoreOps, type Step } from "../map/journey.ts";
import { laneName, nameOf, stepName } from "../map/name.ts";
import { Rights } from "../map/rights.ts";
import { closeMenu, type MenuEntry, openMenu } from "../menu.ts";
import { networkChip } from "../network.ts";
import { sweepToasts, toast } from "../notices.ts";
import { sayAway, sayClosed, tellRefused } from "../refused.ts";
import { saveIcon } from "../save-icon.ts";
import { lang, w } from "../words/index.ts";
import { closable } from "./back.ts";
import { logo } from "./logo.ts";
import { momentList } from "./moments.ts";
import { refocus, renew } from "./renew.ts";
import { stepPage } from "./step-page.ts";

export type Tab = "map" | "moments" | "tray";

/** What the parts of the phone page share. */
export interface Phone {
  readonly replica: Replica;
  readonly journey: Journey;
  readonly rights: Rights;
  step: Step | undefined;
  propose(ops: readonly Op[]): boolean;
  /** Sets how a step feels. */
  feel(step: ID, value: number): void;
  remove(record: BoardRecord): void;
  /** Puts a card elsewhere; with neither lane nor step into the tray. */
  move(card: BoardRecord, lane: ID | "", step: ID | ""): void;
  menu(anchor: HTMLElement, entries: readonly MenuEntry[], label: string): void;
  goTo(step: ID | undefined): void;
  persona(): ID;
}

export function mountPhoneBoard(host: HTMLElement, replica: Replica, whole: () => void): void {
  let tab: Tab = "map";
  let at: ID | undefined;
  let shown = "";
  const bar = el("div", "pbar");
  const more = el("button", "ib", { type: "button", "aria-haspopup": "menu" }, icon("ellipsis", "l"));
  const top = el("header", "ptop", {}, bar, more);
  const notice = el("div", "pnotice", { role: "alert" });
  const main = el("main", "pmain");
  const tabs = el("nav", "ptabs", { "aria-label": w().phone.map });
  host.className = "phone";
  host.replaceChildren(top, notice, main, tabs);

  const tell = (outcome: UndoOutcome, done: string): void => {
    if (outcome !== "nothing") toast(outcome === "done" ? done : w().notice.kept);
  };
  const undo = (gesture?: number): void =>
    tell(gesture === undefined ? replica.undo() : replica.undoGesture(gesture), w().notice.undone);
  /** Does something and says so, with the way back. */
  const offer = (ops: readonly Op[], said: string): void => {
    if (!phone.propose(ops)) return;
    const { gesture } = replica;
    toast(said, { action: w().deleted.undo, run: () => undo(gesture) });
  };
  const feelings = new FeelingWords();
  const show = (next: Tab): void => {
    tab = next;
    closeMenu();
    closable("tab", tab === "map" ? undefined : () => show("map"));
    draw();
  };
  more.addEventListener("click", () => {
    const deleted = deletedOf(replica.board).slice(0, 50);
    const restore = deleted.map((record) => ({
      label: nameOf(record),
      disabled: !phone.rights.edit(record),
      run: () => offer(restoreOps(replica.board, record), w().deleted.back(nameOf(record))),
    }));
    phone.menu(
      more,
      [
        { label: w().deleted.undo, icon: "undo-2", disabled: replica.gesture === 0, run: undo },
        {
          label: w().deleted.redo,
          icon: "redo-2",
          disabled: !replica.undone,
          run: () => tell(replica.redo(), w().notice.redone),
        },
        { label: w().deleted.name, icon: "trash-2", disabled: deleted.length === 0, sub: () => restore },
      ],
      w().phone.menu,
    );
  });

  const phone = {
    replica,
    journey: readJourney(replica.board, undefined),
    rights: new Rights(replica),
    step: undefined as Step | undefined,
    propose(ops: readonly Op[]): boolean {
      const taken = replica.propose(ops);
      draw();
      return taken;
    },
    feel(step: ID, value: number): void {
      const persona = phone.persona();
      const known = (): BoardRecord | undefined => replica.board.record(emotionID(step, persona));
      const feels = (value: number, word?: string): boolean =>
        phone.propose(emotionOps(replica.board, step, persona, { value }, word));
      const before = known();
      const said = textField(before, "word");
      const word = feelings.next(before, value);
      if (!feels(value, word) || word !== "") return;
      toast(w().emotion.taken(said), {
        action: w().deleted.undo,
        run: () => {
          if (feels(numberField(before, "value"), said)) toast(w().notice.undone);
        },
        stale: () => textField(known(), "word") !== "",
      });
    },
    remove(record: BoardRecord): void {
      offer([{ type: "delete", id: record.id }], w().deleted.one(nameOf(record)));
    },
    move(card: BoardRecord, lane: ID | "", step: ID | ""): void {
      const at = phone.journey.stepAt.get(step as ID);
      const there = replica.board.live(lane as ID);
      offer(
        [{ type: "moveCard", id: card.id, lane, step }],
        at === undefined || there === undefined
          ? w().notice.toTray(nameOf(card))
          : w().notice.moved(nameOf(card), laneName(there), stepName(at.record, at.index)),
      );
    },
    menu(anchor: HTMLElement, entries: readonly MenuEntry[], label: string): void {
      openMenu(anchor, entries, label, () => closable("menu"));
      closable("menu", closeMenu);
    },
    goTo(step: ID | undefined): void {
      at = step;
      show("map");
      main.scrollTo(0, 0);
    },
    persona(): ID {
      const known = phone.journey.persona;
      if (known !== undefined) return known.id;
      const id = replica.newID("persona");
      replica.propose([{ type: "add", id, fields: { name: w().persona.newName } }]);
      return id;
    },
  };

  const wholeLink = (): HTMLElement => {
    const button = el("button", "lnk center pwhole", { type: "button" }, w().phone.whole);
    button.addEventListener("click", () => {
      for (const stop of stops) stop();
      replica.close();
      host.replaceChildren(el("p", "mut center", {}, w().app.loading));
      whole();
    });
    return button;
  };
  const draw = (): void => {
    const { journey } = Object.assign(phone, {
      journey: readJourney(replica.board, undefined),
      rights: new Rights(replica),
    });
    phone.step = journey.stepAt.get(at as ID) ?? journey.steps[0];
    at = phone.step?.record.id;
    const held = (document.activeElement as HTMLElement | null)?.dataset.key;
    sweepToasts();
    drawTop(bar, phone);
    more.setAttribute("aria-label", w().phone.menu);
    drawNotice(notice, replica);
    drawTabs(tabs, phone, tab, show);
    if (shown !== tab + at) {
      closeMenu();
      main.replaceChildren();
    }
    shown = tab + at;
    const opener = main.querySelector("[aria-expanded]"); // it looks as if its menu were not open
    opener?.removeAttribute("aria-expanded");
    renew(
      main,
      replica.status.kind === "opening"
        ? [el("p", "mut center", {}, w().app.loading)]
        : tab === "map"
          ? [...stepPage(phone), wholeLink()]
          : tab === "moments"
            ? momentList(phone)
            : tray(phone),
    );
    opener?.setAttribute("aria-expanded", "true");
    refocus(held);
    const { figures } = replica;
    Object.assign(document.documentElement.dataset, {
      seq: String(figures.seq),
      pending: String(figures.pending),
      digest: figures.digest,
      status: replica.status.kind,
      role: replica.me.role,
    });
  };
  const stops = [
    replica.onChange(draw),
    replica.onStatus(draw),
    replica.onPeers(() => drawTop(bar, phone)),
    lang.subscribe(draw),
    replica.onNotice((said) => {
      if (said.kind === "refused") tellRefused(said);
      else toast(w().notice[said.kind]);
    }),
  ];
}

function drawTop(bar: HTMLElement, phone: Phone): void {
  const { replica, journey } = phone;
  const title = textField(journey.map, "title") || w().map.untitled;
  document.title = `${title} · ${w().app.name}`;
  const { status } = replica;
  const words = w().save;
  const label = status.kind === "offline" ? words.offline(status.pending) : words[status.kind];
  const here = new Set([...replica.peers.values()].map((peer) => peer.person)).add(replica.me.person).size;
  const badge = el("span", `save ${status.kind === "opening" ? "saving" : status.kind}`, {
    title: label,
    "data-save": status.kind,
  });
  badge.append(icon(saveIcon(status.kind), "s"), el("span", "vh", {}, label));
  renew(bar, [
    el("a", "", { href: under(""), "aria-label": w().save.home }, logo(28)),
    el("h1", "d cut", {}, title),
    el("span", "sp"),
    networkChip(),
    here > 1
      ? el("span", "row small mut gap4", { title: w().tool.present(here) }, icon("users", "s"), String(here))
      : "",
    badge,
  ]);
}

function drawNotice(node: HTMLElement, replica: Replica): void {
  const { status } = replica;
  const said =
    status.kind === "readonly"
      ? w().save.why[status.why]
      : status.kind === "closed"
        ? sayClosed(status.why, replica)
        : sayAway(status);
  node.hidden = said === "";
  renew(node, [
    new Text(`${said} `), // the same is not read out again
    "blocked" in status && status.blocked ? el("a", "lnk nw", { href: under("check") }, w().save.check) : "",
  ]);
}

function drawTabs(nav: HTMLElement, phone: Phone, tab: Tab, go: (tab: Tab) => void): void {
  const entry = (name: Tab, mark: string, label: string, n: number): HTMLElement => {
    const button = el(
      "button",
      "",
      { type: "button", "aria-current": tab === name ? "page" : undefined, "data-key": `tab-${name}` },
      icon(mark, "xl"),
      n > 0 ? `${label} ${n}` : label,
    );
    button.addEventListener("click", () => go(name));
    return button;
  };
  renew(nav, [
    entry("map", "map", w().phone.map, 0),
    entry("moments", "diamond", w().phone.moments, phone.journey.moments.length),
    entry("tray", "inbox", w().tray.name, phone.journey.tray.length),
  ]);
}

function tray(phone: Phone): HTMLElement[] {
  const cards = phone.journey.tray;
  const list = el("ul", "box");
  for (const card of cards) {
    const more = el(
      "button",
      "ib",
      {
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": w().phone.cardMenu(textField(card, "text")),
        "data-key": `menu ${card.id}`,
      },
      icon("ellipsis", "l"),
    );
    more.addEventListener("click", () => phone.menu(more, moveEntries(phone, card), w().menu.moveTo));
    list.append(el("li", "", {}, el("span", "grow", {}, textField(card, "text") || w().map.emptyCard), more));
  }
  const hint = el("p", "mut small", {}, cards.length === 0 ? w().tray.empty : w().tray.name);
  return cards.length === 0 ? [hint] : [hint, list];
}

/** Every place a card can go: lanes first, then the steps. */
export function moveEntries(phone: Phone, card: BoardRecord): readonly MenuEntry[] {
  const { journey } = phone;
  const here = textField(card, "step") as ID;
  const steps = (lane: ID): readonly MenuEntry[] => [
    { cap: w().phone.moveTo },
    ...journey.steps.map((step) => ({
      label: `${step.index + 1}  ${textField(step.record, "title")}`,
      checked: textField(card, "lane") === lane && here === step.record.id,
      run: () => phone.move(card, lane, step.record.id),
    })),
  ];
  return [
    { cap: w().phone.moveLane },
    ...journey.lanes
      .filter((lane) => !["emotions", "separator"].includes(textField(lane, "type")))
      .map((lane) => ({
        label: laneName(lane),
        checked: lane.id === textField(card, "lane"),
        sub: () => steps(lane.id),
      })),
  ];
}
