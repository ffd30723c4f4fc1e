// An input for a number of a record. What cannot be read is said at the field and changes nothing.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

export function NumberInput(props: {
  readonly label: string;
  /** What the board holds, as it is written; "" for none. */
  readonly shown: string;
  /** A whole number: too short to be worth keeping when it is wrong, so the field shows again what the board holds. */
  readonly whole?: boolean;
  /** Takes what was typed, "" for none; false when it is not allowed. */
  readonly take: (typed: string) => boolean;
  /** What is said of what is not allowed. */
  readonly wrong: (typed: string) => string;
}) {
  const { shown } = props;
  const ref = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  const id = useId();
  useLayoutEffect(() => {
    const input = ref.current;
    if (input !== null && wrong === "" && input !== document.activeElement) input.value = shown;
  });
  return (
    <>
      <label class="fld">
        <span class="lbl">{props.label}</span>
        <input
          ref={ref}
          class="in"
          inputMode={props.whole === true ? "numeric" : "decimal"}
          defaultValue={shown}
          aria-invalid={wrong !== "" && props.whole !== true}
          aria-describedby={wrong === "" ? undefined : id}
          onChange={(event) => {
            const typed = event.currentTarget.value.trim();
            const taken = props.take(typed);
            setWrong(taken ? "" : props.wrong(typed));
            if (!taken && props.whole === true) event.currentTarget.value = shown;
          }}
        />
      </label>
      {wrong === "" ? null : (
        <span class="err" id={id} role="alert">
          {wrong}
        </span>
      )}
    </>
  );
}
