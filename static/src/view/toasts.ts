// The toasts of the small pages.
import { effect } from "@preact/signals-core";
import { arrange, el } from "../dom.ts";
import { dismiss, toasts } from "../notices.ts";

export function showToasts(): void {
  const holder = el("div", "toasts");
  document.body.append(holder);
  effect(() => {
    arrange(
      holder,
      toasts.value.map((one) => {
        const node = el(
          "div",
          one.action === undefined ? "toast plain" : "toast",
          {},
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
