// Joining by an invite: a name, a department, in. Made for a phone, at home on a desk.
import { asset, under } from "../assets.ts";
import { el, icon, svg } from "../dom.ts";
import { entryFor, pageWidth } from "../entry.ts";
import { hues } from "../map/person.ts";
import { networkChip } from "../network.ts";
import { me, open, Refusal, renew, sayWhy, signWith } from "../session.ts";
import { setLang } from "../settings.ts";
import { lang, w } from "../words/index.ts";
import { logo } from "./logo.ts";
import { prepare } from "./prepare.ts";

interface Look {
  readonly title: string;
  readonly host: string;
  readonly needsPasscode: boolean;
  readonly members: number;
}

const kept = "waymark.invite";

/** The secret leaves the address at once; this tab remembers it in case the page is loaded again. */
function takeSecret(): string {
  const secret = location.hash.slice(1);
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
  if (secret === "") failed = w().join.noSecret;
  else {
    try {
      [look] = await Promise.all([open<Look>("invites/look", { secret }), renew().catch(() => false)]);
    } catch (error) {
      failed = error instanceof Refusal ? sayWhy(error, w().join.gone) : w().sign.failed;
    }
  }
  draw(host, secret, look, failed);
  if (look !== undefined) fetchBoard();
}

/** The board's script comes while the name is being typed. */
function fetchBoard(): void {
  const href = asset(entryFor("b/board-1", pageWidth()));
  document.head.append(el("link", "", { rel: "modulepreload", href }));
}

function draw(host: HTMLElement, secret: string, look: Look | undefined, failed: string): void {
  const title = look === undefined ? w().app.name : look.title || w().map.untitled;
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
    const by = [w().join.invites(look.host), look.members > 0 ? w().join.members(look.members) : ""];
    body.append(el("p", "mut", {}, by.filter(Boolean).join(" · ")), form(secret, look));
  }
  host.className = "join paper";
  host.replaceChildren(top, el("div", "jart", { "aria-hidden": "true" }, art()), body);
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
    "aria-label": w().join.otherLabel,
    placeholder: w().join.otherLabel,
  });
  other.hidden = true;
  const picks = el("div", "picks", { role: "radiogroup", "aria-labelledby": "join-department" });
  const names = [...w().join.departments, w().join.other];
  const own = self?.department ?? "";
  for (const [i, label] of names.entries()) {
    const last = i === names.length - 1;
    const input = el("input", "vh", { type: "radio", name: "department", value: last ? "" : label });
    input.checked = label === own || (last && own !== "" && !w().join.departments.includes(own));
    input.addEventListener("change", () => {
      other.hidden = !last;
      if (last) other.focus();
    });
    const pick = el("label", last ? "pick plain" : "pick", {}, input, el("span", "", {}, label));
    pick.style.setProperty("--c", `var(--p${hues[(i * 4) % hues.length] ?? 0}-d)`);
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
  const go = el("button", "btn pri xl", { type: "submit" }, w().join.go);
  const node = el(
    "form",
    "",
    {},
    el("label", "jlabel", { for: "join-name" }, w().join.name),
    name,
    el("div", "jlabel", { id: "join-department" }, w().join.department),
    picks,
    other,
  );
  if (look.needsPasscode)
    node.append(el("label", "jlabel", { for: "join-passcode" }, w().join.passcode), passcode);
  node.append(
    fault,
    go,
    el("p", "small mut center", {}, self === undefined ? w().join.note : w().join.already(self.name)),
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
function art(): SVGSVGElement {
  const band = (y: number, height: number, fill: string): SVGRectElement =>
    svg("rect", { y, width: 374, height, fill: `var(--${fill})` });
  const node = svg("svg", { viewBox: "0 0 374 190", preserveAspectRatio: "xMidYMin slice" });
  node.append(
    band(14, 22, "l-actions"),
    band(36, 18, "l-touch"),
    band(54, 12, "l-back"),
    band(66, 72, "surface"),
    band(138, 20, "l-pains"),
    band(158, 20, "l-opps"),
    band(178, 12, "l-custom"),
    band(0, 14, "head"),
  );
  for (let i = 0; i < 11; i++) {
    const x = i * 34 + 3;
    node.append(svg("rect", { x, y: 17, width: 28, height: 16, rx: 2, fill: "var(--surface)" }));
    node.append(svg("rect", { x, y: 39, width: 28, height: 12, rx: 2, fill: "var(--surface)" }));
    node.append(
      svg("rect", { x: x + 2, y: 57, width: 18, height: 6, rx: 3, fill: "var(--l-back-i)", opacity: 0.38 }),
    );
    if (i % 4 === 2)
      node.append(svg("rect", { x, y: 141, width: 28, height: 14, rx: 2, fill: "var(--surface)" }));
  }
  node.append(
    svg("path", {
      d: "M17 124C34 124 34 94 51 94s17 20 34 20 17-20 34-20 17-10 34-10 17 30 34 30 17 20 34 20 17-20 34-20 17-30 34-30 17 20 34 20 17-20 34-20",
      fill: "none",
      stroke: "var(--ink)",
      "stroke-width": 2.6,
      "stroke-linecap": "round",
    }),
  );
  return node;
}
