// The toasts at the foot of the page.
import { dismiss, toasts } from "../notices.ts";
import { Icon } from "./parts.tsx";

export function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map((one) => (
        <div key={one.key} class={`toast ${one.action === undefined ? "plain" : ""}`}>
          {one.bad === true ? <Icon name="circle-alert" size="m" /> : null}
          <span>{one.text}</span>
          {one.action === undefined ? null : (
            <button
              type="button"
              onClick={() => {
                dismiss(one.key);
                one.run?.();
              }}
            >
              {one.action}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
