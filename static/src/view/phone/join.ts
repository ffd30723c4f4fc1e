// Joining by an invite: a name, a department, in. Made for a phone, at home on a desk.
import type { Role } from "../../board/op.ts";
import { under } from "../assets.ts";
import { el, icon } from "../dom.ts";
import { fetchBoard } from "../fetch-board.ts";
import { hueColor } from "../map/person.ts";
import { networkChip } from "../network.ts";
import { readSecret } from "../secret.ts";
import { me, open, Refusal, renew, sayWhy, signWith } from "../session.ts";
import { setLang } from "../settings.ts";
import { drawThumb, type Pictured } from "../thumb.ts";
import { lang, w } from "../words/index.ts";
import { words as de } from "../words/join-de.ts";
import { words as en } from "../words/join-en.ts";
import { logo } from "./logo.ts";
import { prepare } from "./prepare.ts";

interface Department {
  readonly name: string;
  readonly hue: number;
}

/** What a link shows; behind a passcode it is no more than that there is one. */
interface Look extends Partial<Pictured> {
  readonly departments?: readonly Department[] | null;
  readonly title: string;
  readonly role: Role;
  readonly host: string;
  readonly needsPasscode: boolean;
  readonly members: number;
}

const kept = "waymark.invite";

/** The words of this page alone, which the pages of a phone need not load. */
const says = (): typeof en => (lang.value === "de" ? de : en);

/** The secret leaves the address at once; this tab remembers it in case the page is loaded again. */
function takeSecret(): string {
  const secret = readSecret();
  try {
    if (secret !== "") {
      sessionStorage.setItem(kept, secret);
      history.replaceState(null, "", location.pathname);
    }
    return secret || (sessionStorage.getItem(kept) ?? "");
  } catch {
    return secret;
  }
}

export async function startJoin(): Promise<void> {
  const host = await prepare();
  const secret = takeSecret();
  let look: Look | undefined;
  let failed = "";
  if (secret === "") failed = says().noSecret;
  else {
    try {
      [look] = await Promise.all([open<Look>("invites/look", { secret }), renew().catch(() => false)]);
    } catch (error) {
      failed = error instanceof Refusal ? sayWhy(error, says().gone) : w().sign.failed;
    }
  }
  draw(host, secret, look, failed);
  if (look !== undefined) fetchBoard();
}

function draw(host: HTMLElement, secret: string, look: Look | undefined, failed: string): void {
  const title = titleOf(look);
  document.title = `${title} · ${w().app.name}`;
  const langs = el("span", "seg", { role: "group", "aria-label": w().sign.language });
  for (const code of ["de", "en"] as const) {
    const button = el(
      "button",
      "",
      { type: "button", "aria-pressed": String(lang.value === code), lang: code },
      code,
    );
    button.addEventListener("click", () => void setLang(code).then(() => draw(host, secret, look, failed)));
    langs.append(button);
  }
  const top = el(
    "header",
    "jtop",
    {},
    logo(28),
    el("span", "d", {}, w().app.name),
    networkChip(),
    el("span", "sp"),
    langs,
  );
  const body = el("main", "jmain", {}, el("h1", "", {}, title));
  if (look === undefined) {
    body.append(el("p", "err", { role: "alert" }, icon("circle-alert", "m"), failed));
    body.append(el("a", "btn sec", { href: under("") }, w().save.home));
  } else {
    const by = [
      look.host === "" ? "" : says().invites(look.host),
      look.members > 0 ? says().members(look.members) : "",
    ];
    body.append(el("p", "mut", {}, by.filter(Boolean).join(" · ")), form(secret, look));
  }
  host.className = "join paper";
  host.replaceChildren(top, el("div", "jart", {}, drawThumb(pictured(look), 560)), body);
}

/** What is behind a passcode has no name yet. */
function titleOf(look: Look | undefined): string {
  if (look === undefined) return w().app.name;
  return look.title || (look.needsPasscode ? says().invites("") : w().map.untitled);
}

function pictured(look: Look | undefined): Pictured {
  const { steps = 0, curve, picture } = look ?? {};
  return steps > 1 && curve && picture ? { steps, curve, picture } : anyJourney;
}

/** Those at work on the map, or what departments are often called where it says nothing of them. */
function departmentsOf({ departments }: Look): readonly Department[] {
  if (departments && departments.length > 0) return departments;
  return says().departments.map((name, i) => ({ name, hue: i * 4 }));
}

function form(secret: string, look: Look): HTMLElement {
  const self = me.value;
  const name = el("input", "in xl", {
    name: "name",
    id: "join-name",
    autocomplete: "name",
    maxlength: 80,
    required: true,
    enterkeyhint: "go",
  });
  name.value = self?.name ?? "";
  const other = el("input", "in xl", {
    name: "other",
    maxlength: 80,
    "aria-label": says().otherLabel,
    placeholder: says().otherLabel,
  });
  other.hidden = true;
  const picks = el("div", "picks", { role: "radiogroup", "aria-labelledby": "join-department" });
  const offered = departmentsOf(look);
  const own = self?.department ?? "";
  const known = offered.some(({ name }) => name === own);
  for (const { name: label, hue } of [...offered, { name: says().other, hue: undefined }]) {
    const last = hue === undefined;
    const input = el("input", "vh", { type: "radio", name: "department", value: last ? "" : label });
    input.checked = last ? own !== "" && !known : label === own;
    input.addEventListener("change", () => {
      other.hidden = !last;
      if (last) other.focus();
    });
    const pick = el("label", last ? "pick plain" : "pick", {}, input, el("span", "", {}, label));
    if (!last) pick.style.setProperty("--c", hueColor(hue));
    picks.append(pick);
    if (last && input.checked) {
      other.hidden = false;
      other.value = own;
    }
  }
  const passcode = el("input", "in xl", {
    name: "passcode",
    id: "join-passcode",
    autocomplete: "off",
    required: true,
  });
  const fault = el("p", "err", { role: "alert" });
  fault.hidden = true;
  const go = el("button", "btn pri xl", { type: "submit" }, says().go);
  const node = el(
    "form",
    "",
    {},
    el("label", "jlabel", { for: "join-name" }, says().name),
    name,
    el("div", "jlabel", { id: "join-department" }, says().department),
    picks,
    other,
  );
  if (look.needsPasscode)
    node.append(el("label", "jlabel", { for: "join-passcode" }, says().passcode), passcode);
  node.append(
    fault,
    go,
    el(
      "p",
      "small mut center",
      {},
      self === undefined ? says().note(look.role === "viewer") : says().already(self.name),
    ),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(node);
    const text = (key: string): string => String(data.get(key) ?? "").trim();
    if (text("name") === "") {
      fault.hidden = false;
      fault.textContent = w().sign.needed;
      return;
    }
    go.disabled = true;
    const body = {
      secret,
      name: text("name"),
      department: text("department") || text("other"),
      lang: lang.value,
      ...(look.needsPasscode ? { passcode: text("passcode") } : {}),
    };
    signWith("invites/join", body).then(
      (signed) => {
        try {
          sessionStorage.removeItem(kept);
        } catch {
          // Nothing was kept.
        }
        location.replace(under(signed.board === undefined ? "" : `b/${signed.board}`));
      },
      (error: unknown) => {
        go.disabled = false;
        fault.hidden = false;
        fault.textContent = sayWhy(error, w().sign.failed);
      },
    );
  });
  return node;
}

/** A journey in small, of no one in particular. */
const anyJourney: Pictured = {
  steps: 11,
  curve: [-150, 100, -50, 100, 150, -50, -200, -50, 150, 0, 150].map((value) => ({ value })),
  picture: {
    phases: [2, 2, 3, 2, 2],
    lanes: [
      { type: "actions", cells: "11111111111" },
      { type: "touchpoints", cells: "11111110111" },
      { type: "channels", cells: "11111111111" },
      { type: "thoughts", cells: "11011101011" },
      { type: "emotions", cells: "" },
      { type: "pains", cells: "00100111010" },
      { type: "opportunities", cells: "00110010010" },
      { type: "departments", cells: "11111111111" },
    ],
    moments: "00000010100",
  },
};
