// A sheet that edits one text: every letter is an op, others' letters appear in it.
import type { ID } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";
import { el } from "../dom.ts";
import { placeNotices, toast } from "../notices.ts";
import { showTyping, Typing } from "../typing.ts";
import { w } from "../words/index.ts";
import { closable } from "./back.ts";
import { refocus } from "./renew.ts";

export interface SheetOptions {
  readonly title: string;
  /** The field holds one line. */
  readonly line?: boolean;
  readonly onClose?: (text: string) => void;
}

export function editSheet(replica: Replica, id: ID, field: string, options: SheetOptions): void {
  const area = el("textarea", "area", { "aria-label": options.title, rows: 4 });
  const done = el("button", "btn pri xl", { type: "button" }, w().phone.save);
  const sheet = el(
    "dialog",
    "sheet",
    { "aria-label": options.title },
    el("h2", "small b", {}, options.title),
    area,
    done,
  );

  const typing = new Typing(area, replica.editText(id, field), {
    line: options.line === true,
    typed: () => shown.typed(),
  });
  const shown = showTyping(replica, { id, field });
  const before = document.activeElement as HTMLElement | null;
  const close = (): void => sheet.close();
  const look = (): void => {
    const there = replica.board.live(id) !== undefined;
    if (there && replica.status.kind !== "closed") return;
    if (!there) toast(w().refused.gone);
    close();
  };
  const stops = [replica.onChange(look), replica.onStatus(look)];
  sheet.addEventListener("close", () => {
    closable("sheet");
    for (const stop of stops) stop();
    typing.close();
    shown.close();
    placeNotices();
    sheet.remove();
    options.onClose?.(area.value);
    before?.focus({ preventScroll: true }); // where it is there no more, the node drawn in its place
    refocus(before?.dataset.key);
  });
  done.addEventListener("click", close);
  area.onkeydown = (event) => {
    if (options.line !== true || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    close();
  };
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) close();
  });
  document.body.append(sheet);
  sheet.showModal();
  closable("sheet", close);
  placeNotices();
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
