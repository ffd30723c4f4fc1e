// A window that has become narrow can show the list that the board would open as in it.
import { signal } from "@preact/signals";
import type { Replica } from "../../collab/replica.ts";
import { pagePath } from "../assets.ts";
import { entryFor, pageWidth } from "../entry.ts";
import { answers } from "../network.ts";
import { toast } from "../notices.ts";
import { sayAway } from "../refused.ts";
import { w } from "../words/index.ts";

/** Whether the board would open as a list in the window as it is now. */
export const narrow = signal(false);

/** Follows the width of the window, until it is called off. The menu offers the list in a narrow one. */
export function followWidth(): () => void {
  const query = matchMedia("(max-width: 767px)");
  const look = (): void => {
    narrow.value = entryFor(pagePath(), pageWidth()) === "phone";
  };
  look();
  query.addEventListener("change", look);
  return () => query.removeEventListener("change", look);
}

/** Loads the page anew as a list, when that can be had; what waits to be sent may be in this page alone. */
export async function showList({ status }: Replica): Promise<void> {
  if (status.kind === "offline") toast(sayAway(status), { bad: true });
  else if (!(await answers())) toast(w().sign.failed, { bad: true });
  else if (history.state === "whole") history.back();
  else location.reload();
}
