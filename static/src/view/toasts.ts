// The toasts at the foot of every page.
import { effect } from "@preact/signals-core";
import { arrange, el, icon } from "./dom.ts";
import { dismiss, keepNotice, toasts } from "./notices.ts";

export function showToasts(): void {
  const holder = keepNotice(el("div", "toasts"));
  effect(() => {
    arrange(
      holder,
      toasts.value.map((one) => {
        const node = el(
          "div",
          one.action === undefined ? "toast plain" : "toast",
          {},
          one.bad === true ? icon("circle-alert", "m") : "",
          el("span", "", {}, one.text),
        );
        if (one.action !== undefined) {
          const button = el("button", "", { type: "button" }, one.action);
          button.addEventListener("click", () => {
            dismiss(one.key);
            one.run?.();
          });
          node.append(button);
        }
        return node;
      }),
    );
  });
}
