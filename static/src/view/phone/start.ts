// Finds the page for the address and draws it.
import { asset, pagePath, under } from "../assets.ts";
import { el } from "../dom.ts";
import { boardIn, entryFor, pageWidth } from "../entry.ts";
import { openBoard } from "../open-board.ts";
import { me, renew } from "../session.ts";
import { speakAs } from "../settings.ts";
import { w } from "../words/index.ts";
import { mountPhoneBoard } from "./board.ts";
import { prepare } from "./prepare.ts";

export async function startPhone(): Promise<void> {
  await board(await prepare(), pagePath());
}

async function board(host: HTMLElement, path: string): Promise<void> {
  let here = false;
  try {
    here = await renew();
  } catch {
    const again = el("button", "btn pri", { type: "button" }, w().sign.again);
    again.addEventListener("click", () => {
      again.disabled = true;
      void board(host, path);
    });
    setTimeout(() => again.click(), 3000);
    host.replaceChildren(el("main", "pwait", {}, el("p", "", {}, w().sign.failed), again));
    return;
  }
  const id = boardIn(path);
  if (!here || id === undefined) {
    location.replace(under(`signin?next=${encodeURIComponent(path)}`));
    return;
  }
  await speakAs(me.value?.lang);
  let left = false;
  addEventListener("popstate", () => {
    if (left || history.state === "whole") location.reload();
  });
  mountPhoneBoard(host, openBoard(id), () => {
    import(asset("app")).then(
      () => {
        left = true;
        // The way back to the list, where the window is not one of a map.
        if (entryFor(path, pageWidth()) === "phone") history.pushState("whole", "");
      },
      () => board(host, path), // with a way to try again
    );
  });
}
