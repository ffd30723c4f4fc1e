// Runs before anything else: picks theme, language and the script of this page, so that a phone never loads the board.
import { entryFor, pageWidth } from "./view/entry.ts";

const boot = document.currentScript as HTMLScriptElement | null;
const root = document.documentElement;
const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(`waymark.${name}`);
  } catch {
    return null; // storage is blocked: start with the system's choice
  }
};
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const theme = kept("theme") ?? "system";
root.dataset.theme = theme === "system" ? (dark ? "dark" : "light") : theme;
root.lang = kept("lang") ?? (navigator.language.toLowerCase().startsWith("de") ? "de" : "en");

const url = (name: string): string => new URL(boot?.dataset[name] ?? "", document.baseURI).href;
const path = location.pathname.slice(new URL(document.baseURI).pathname.length);
const whole = history.state === "whole"; // asked for on a phone, and loaded anew
if (whole) addEventListener("popstate", () => location.reload());
const entry = entryFor(path, whole ? Number.POSITIVE_INFINITY : pageWidth());
void import(url(entry));
