// An input bound to one text field of a record: every letter is an op, others' letters appear while it is open.
import { useEffect, useRef } from "preact/hooks";
import { type ID, textField } from "../../board/record.ts";
import { diffText, movePoint, pointOffset, unitOffset } from "../../board/text.ts";
import type { TextHandle } from "../../collab/replica.ts";
import type { MapView } from "../map/view.ts";

export function TextInput(props: {
  readonly view: MapView;
  readonly id: ID;
  readonly field: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly rows?: number;
  readonly disabled?: boolean;
  readonly big?: boolean;
  readonly focus?: boolean;
}) {
  const { view, id, field } = props;
  const ref = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const open = useRef<{ handle: TextHandle; shown: string } | undefined>(undefined);
  view.drawings.value; // drawn again with the map

  const stored = textField(view.replica.board.record(id), field);
  useEffect(() => {
    const input = ref.current;
    if (input !== null && open.current === undefined && input.value !== stored) input.value = stored;
  });
  useEffect(() => {
    if (props.focus === true) ref.current?.focus();
    return () => end();
  }, [id, field]);

  const begin = (): void => {
    const input = ref.current;
    if (input === null || open.current !== undefined) return;
    const handle = view.replica.editText(id, field);
    const session = { handle, shown: handle.text };
    open.current = session;
    input.value = handle.text;
    handle.onRemote((delta) => {
      const start = movePoint(pointOffset(session.shown, input.selectionStart ?? 0), delta);
      session.shown = handle.text;
      input.value = handle.text;
      const at = unitOffset(handle.text, start);
      input.setSelectionRange(at, at);
    });
    view.replica.show({ typing: { id, field } });
  };
  const end = (): void => {
    if (open.current === undefined) return;
    open.current.handle.close();
    open.current = undefined;
    view.replica.show({ typing: null });
  };
  const write = (event: InputEvent): void => {
    const input = ref.current;
    if (input === null || event.isComposing) return;
    begin();
    const session = open.current;
    if (session === undefined) return;
    const delta = diffText(session.shown, input.value);
    if (delta.length === 0) return;
    if (!session.handle.change(delta)) input.value = session.handle.text;
    session.shown = session.handle.text;
    view.update(new Set([id]));
  };
  const shared = {
    ref,
    class: `in ${props.big === true ? "big" : ""}`,
    disabled: props.disabled === true,
    placeholder: props.placeholder ?? "",
    onFocus: begin,
    onBlur: end,
    onInput: write,
    onCompositionEnd: () => write(new InputEvent("input")),
  };
  return (
    <label class="fld">
      <span class="lbl">{props.label}</span>
      {props.rows === undefined ? (
        <input {...shared} type="text" />
      ) : (
        <textarea {...shared} rows={props.rows} />
      )}
    </label>
  );
}
