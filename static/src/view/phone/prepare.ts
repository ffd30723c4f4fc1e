// What every small page does before it draws.
import { prepareNotices } from "../notices.ts";
import { applyTheme } from "../settings.ts";
import { showToasts } from "../toasts.ts";
import { firstLang, speak, useFewWords } from "../words/index.ts";

/** Sets theme and language, and gives the element that the page is drawn in. */
export async function prepare(): Promise<HTMLElement> {
  applyTheme();
  useFewWords();
  await speak(firstLang());
  prepareNotices();
  const host = document.getElementById("app");
  if (host === null) throw new Error("the shell has no #app");
  showToasts();
  return host;
}
