// An input bound to one text field of a record: every letter is an op, others' letters appear while it is open.
import { useEffect, useRef } from "preact/hooks";
import { type ID, textField } from "../../board/record.ts";
import { deafen } from "../map/lost.ts";
import type { MapView } from "../map/view.ts";
import { showTyping, Typing, type TypingShown, undoTyping } from "../typing.ts";
import { Said } from "./parts.tsx";

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
  const open = useRef<{ readonly typing: Typing; readonly shown: TypingShown } | undefined>(undefined);
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
    const shown = showTyping(view.replica, { id, field });
    const typing = new Typing(input, view.replica.editText(id, field), {
      line: props.rows === undefined,
      typed: () => {
        shown.typed();
        view.update(new Set([id]));
      },
    });
    open.current = { typing, shown };
  };
  const end = (): void => {
    if (open.current === undefined) return;
    const { typing, shown } = open.current;
    open.current = undefined;
    typing.close();
    shown.close();
  };
  if (props.disabled === true) {
    if (open.current !== undefined) {
      deafen(); // the right went in the middle of a word
      end();
    }
    return <Said label={props.label} text={stored} big={props.big === true} />;
  }
  const takeBack = (event: KeyboardEvent | InputEvent): void => {
    if (open.current !== undefined) undoTyping(event, view.replica, { id, field });
  };
  const shared = {
    ref,
    onKeyDown: takeBack,
    onBeforeInput: takeBack,
    class: `in ${props.big === true ? "big" : ""}`,
    placeholder: props.placeholder ?? "",
    onFocus: begin,
    onBlur: end,
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
