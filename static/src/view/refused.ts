// What is said of changes that did not get onto the board, so that nothing that was written is lost in silence.
import type { Replica } from "../collab/replica.ts";
import type { ClosedReason, Notice, Status } from "../collab/status.ts";
import { toast } from "./notices.ts";
import { w } from "./words/index.ts";

let lost = "";

/** Says that a change was not taken, and gives back what was written in it: it is nowhere else any more. */
export function tellRefused({ code, op }: Notice & { readonly kind: "refused" }): void {
  const text =
    op.type === "text"
      ? op.delta.filter((part) => typeof part === "string").join("")
      : "fields" in op && op.fields.text && `${op.fields.text}\n`;
  const action = w().notice.copy;
  const run = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(lost);
    } catch {
      prompt(action, lost); // no clipboard without a secure origin: it can be copied from there
    }
    lost = "";
  };
  if (text) lost += text;
  toast(w().refused[code], { bad: true, ...(text && { action, run }) });
}

/** That there is no server to speak to, or none that saves, and where the work is meanwhile; "" when all is well. */
export function sayAway(status: Status): string {
  const words = w().save;
  if (status.kind !== "offline" && (status.kind !== "opening" || !status.late)) return "";
  const { blocked } = status;
  const said =
    status.kind === "opening"
      ? words.late
      : words[status.kept || status.pending === 0 ? "offlineBanner" : "notKept"](status.pending);
  return blocked ? `${said} ${words.blocked}` : said;
}

/** Why a session has ended, and what of one's work has not left this device. */
export function sayClosed(why: ClosedReason, replica: Replica): string {
  const n = replica.figures.pending;
  return w().save.closedWhy[why] + (n ? ` ${w().save.kept(n)}` : "");
}
