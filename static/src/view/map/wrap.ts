// Text on the map, with the places where long words may break. They are drawn, not written: nobody copies them or hears
// them.
import { el } from "../dom.ts";
import { hyphenable } from "../words/hyphen.ts";

const known = new Map<string, boolean>();
let spoken = "de";

/** The language in which the texts of this board are written. */
export function writeIn(lang: string): void {
  spoken = lang;
}

/** Whether this browser hyphenates a language itself. Some come without a dictionary. */
function hyphenates(lang: string): boolean {
  const found = known.get(lang);
  if (found !== undefined) return found;
  const probe = el(
    "div",
    "probe",
    { lang, "aria-hidden": "true" },
    "Freundschaftsbeziehungen characteristically",
  );
  document.body.append(probe);
  const auto = probe.offsetHeight;
  probe.style.hyphens = "manual";
  const so = auto > probe.offsetHeight;
  probe.remove();
  known.set(lang, so);
  return so;
}

/** "1–5 days" breaks before the days, not within the range. */
function ranges(text: string): (Node | string)[] {
  if (!text.includes("–")) return [text];
  return text.split(/(\d+–\d+)/).map((run, i) => (i % 2 === 0 ? run : el("span", "nw", {}, run)));
}

/** Whether a text has a word so long that a browser takes a second to find where its lines break. */
export function endless(text: string): boolean {
  return /\S{500}/.test(text);
}

/** Shows a text in a node. */
export function wrap(node: HTMLElement, value: string): void {
  if (node.lang !== spoken) node.lang = spoken;
  else if (node.textContent === value) return;
  // Such a text breaks anywhere, and is given in pieces.
  const pieces = endless(value) ? value.match(/.{1,100}/gsu) : null;
  node.style.wordBreak = pieces === null ? "" : "break-all";
  const parts =
    pieces ?? (spoken === "de" && !hyphenates("de") ? hyphenable(value).split("\u00ad") : [value]);
  const joint = (): Node => (pieces === null ? el("span", "y") : el("wbr"));
  node.replaceChildren(...parts.flatMap((part, i) => (i === 0 ? ranges(part) : [joint(), ...ranges(part)])));
}
