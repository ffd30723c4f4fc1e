// A sheet that edits one text: every letter is an op, others' letters appear in it.
import type { ID } from "../../board/record.ts";
import { diffText, movePoint, pointOffset, unitOffset } from "../../board/text.ts";
import type { Replica } from "../../collab/replica.ts";
import { el } from "../dom.ts";
import { placeNotices } from "../notices.ts";
import { w } from "../words/index.ts";

export interface SheetOptions {
  readonly title: string;
  readonly onClose: (text: string) => void;
}

export function editSheet(replica: Replica, id: ID, field: string, options: SheetOptions): void {
  const handle = replica.editText(id, field);
  let shown = handle.text;
  const area = el("textarea", "area", { "aria-label": options.title, rows: 4 });
  area.value = shown;
  const done = el("button", "btn pri xl", { type: "button" }, w().phone.save);
  const sheet = el(
    "dialog",
    "sheet",
    { "aria-label": options.title },
    el("h2", "small b", {}, options.title),
    area,
    done,
  );

  const send = (): void => {
    const delta = diffText(shown, area.value);
    if (delta.length > 0 && !handle.change(delta)) area.value = handle.text;
    shown = handle.text;
  };
  area.addEventListener("input", (event) => {
    if (!(event as InputEvent).isComposing) send();
  });
  area.addEventListener("compositionend", send);
  handle.onRemote((delta) => {
    const at = movePoint(pointOffset(shown, area.selectionStart), delta);
    shown = handle.text;
    area.value = shown;
    const caret = unitOffset(shown, at);
    area.setSelectionRange(caret, caret);
  });
  const before = document.activeElement as HTMLElement | null;
  sheet.addEventListener("close", () => {
    handle.close();
    replica.show({ typing: null });
    placeNotices();
    sheet.remove();
    options.onClose(shown);
    if (before?.isConnected === true) before.focus({ preventScroll: true });
  });
  done.addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  document.body.append(sheet);
  sheet.showModal();
  placeNotices();
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  replica.show({ typing: { id, field } });
}
