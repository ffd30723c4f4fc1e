// The own account: name, department, language, look, password, signing out.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { under } from "../assets.ts";
import type { MenuEntry } from "../menu.ts";
import { toast } from "../notices.ts";
import { call, type Me, me, sayWhy, signOut } from "../session.ts";
import { setLang, setTheme, theme } from "../settings.ts";
import { lang, w } from "../words/index.ts";
import { FreshLink } from "./fresh-link.tsx";
import { Modal } from "./parts.tsx";

/** How many changes of this page have not left this device. */
export const unsent = signal(0);

/** Which account dialog is open, on any page. */
export const accountDialog = signal<"profile" | "password" | "account" | "leave" | undefined>(undefined);

export function accountMenu(): readonly MenuEntry[] {
  const person = me.value;
  const entries: MenuEntry[] = [];
  if (person !== undefined) {
    entries.push(
      { cap: person.department === "" ? person.name : `${person.name}, ${person.department}` },
      { label: w().sign.profile, icon: "user", run: () => show("profile") },
    );
    if (!person.guest)
      entries.push({
        label: person.login === "" ? w().sign.firstPassword : w().sign.setPassword,
        icon: "key-round",
        run: () => show("password"),
      });
    if (person.mayRegister === true)
      entries.push({ label: w().sign.register, icon: "key-round", run: () => show("password") });
    if (person.admin)
      entries.push({ label: w().sign.newAccount, icon: "user-plus", run: () => show("account") });
    entries.push({ line: true });
  }
  entries.push(
    { cap: w().sign.language },
    { label: "Deutsch", checked: lang.value === "de", run: () => void changeLang("de") },
    { label: "English", checked: lang.value === "en", run: () => void changeLang("en") },
    { cap: w().sign.theme },
    { label: w().sign.themes.light, checked: theme.value === "light", run: () => setTheme("light") },
    { label: w().sign.themes.dark, checked: theme.value === "dark", run: () => setTheme("dark") },
    { label: w().sign.themes.system, checked: theme.value === "system", run: () => setTheme("system") },
  );
  if (person !== undefined) {
    entries.push(
      { line: true },
      {
        label: w().sign.signOut,
        icon: "log-out",
        run: () => (person.login === "" || unsent.value > 0 ? show("leave") : leave()),
      },
    );
  }
  return entries;
}

function leave(): void {
  show(undefined);
  signOut().then(
    () => location.assign(under("signin")),
    (error: unknown) => toast(sayWhy(error, w().sign.stillIn), { bad: true }),
  );
}

function show(dialog: typeof accountDialog.value): void {
  accountDialog.value = dialog;
}

/** Switches here at once; the server remembers it for its own words. */
export async function changeLang(next: "de" | "en"): Promise<void> {
  await setLang(next);
  if (me.value === undefined) return;
  try {
    me.value = await call<Me>("me", "PATCH", { lang: next });
  } catch {
    // The page speaks it already; the server hears of it the next time.
  }
}

export function AccountDialogs() {
  if (accountDialog.value === "profile") return <Profile />;
  if (accountDialog.value === "password") return <Password />;
  if (accountDialog.value === "account") return <NewAccount />;
  if (accountDialog.value === "leave") return <Leave />;
  return null;
}

interface NamesProps {
  readonly name: string;
  readonly department: string;
  readonly autocomplete: "name" | "off";
  readonly labels: { readonly name: string; readonly department: string };
}

/** The fields that say who somebody is. */
function Names({ name, department, autocomplete, labels }: NamesProps) {
  return (
    <>
      <label class="fld">
        <span class="lbl">{labels.name}</span>
        <input
          class="in"
          name="name"
          required
          maxLength={80}
          defaultValue={name}
          autocomplete={autocomplete}
        />
      </label>
      <label class="fld">
        <span class="lbl">{labels.department}</span>
        <input class="in" name="department" maxLength={80} defaultValue={department} />
      </label>
    </>
  );
}

/** The end of a form: what went wrong, and the button. */
function Ending({ failed, label }: { readonly failed: string; readonly label: string }) {
  return (
    <>
      {failed === "" ? null : (
        <p class="err" role="alert">
          {failed}
        </p>
      )}
      <div class="row end">
        <button type="submit" class="btn pri">
          {label}
        </button>
      </div>
    </>
  );
}

function Profile() {
  const close = (): void => show(undefined);
  const [failed, setFailed] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const name = String(data.get("name") ?? "").trim();
    if (name === "") {
      setFailed(w().sign.needed);
      return;
    }
    try {
      me.value = await call<Me>("me", "PATCH", {
        name,
        department: String(data.get("department") ?? "").trim(),
      });
      toast(w().sign.saved);
      close();
    } catch (error) {
      setFailed(sayWhy(error, w().sign.failed));
    }
  };
  return (
    <Modal title={w().sign.profile} onClose={close}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Names
          name={me.value?.name ?? ""}
          department={me.value?.department ?? ""}
          autocomplete="name"
          labels={w().sign}
        />
        <Ending failed={failed} label={w().sign.save} />
      </form>
    </Modal>
  );
}

function Password() {
  const close = (): void => show(undefined);
  const guest = me.value?.guest === true;
  const first = me.value?.login === "";
  const [failed, setFailed] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const next = String(data.get("new") ?? "");
    if ([...next].length < 10) {
      setFailed(w().sign.short);
      return;
    }
    const old = String(data.get("old") ?? "");
    const login = String(data.get("login") ?? "").trim();
    try {
      await call("me/password", "POST", {
        new: next,
        ...(old === "" ? {} : { old }),
        ...(login === "" ? {} : { login }),
      });
      if (first) me.value = await call<Me>("me");
      toast(w().sign.saved);
      close();
    } catch (error) {
      setFailed(sayWhy(error, w().sign.failed));
    }
  };
  return (
    <Modal
      title={guest ? w().sign.register : first ? w().sign.firstPassword : w().sign.setPassword}
      onClose={close}
    >
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="fld">
          <span class="lbl">{w().sign.login}</span>
          <input class="in" name="login" autocomplete="username" maxLength={64} required={first} />
        </label>
        {first ? null : (
          <label class="fld">
            <span class="lbl">{w().sign.oldPassword}</span>
            <input class="in" type="password" name="old" autocomplete="current-password" />
          </label>
        )}
        <label class="fld">
          <span class="lbl">{w().sign.newPassword}</span>
          <input class="in" type="password" name="new" required autocomplete="new-password" />
        </label>
        {failed === "" ? <p class="small mut">{w().sign.short}</p> : null}
        <Ending failed={failed} label={w().sign.save} />
      </form>
    </Modal>
  );
}

/** Asks before signing out who has no password, and so no way back in as the same person, or has changes left here. */
function Leave() {
  const close = (): void => show(undefined);
  const guest = me.value?.guest === true;
  const first = me.value?.login === "";
  return (
    <Modal
      title={guest ? w().sign.leaveTitle : first ? w().sign.leaveOpen : w().sign.leaveNow}
      onClose={close}
      foot={
        <>
          <button type="button" class="btn sec" onClick={close}>
            {w().common.cancel}
          </button>
          {guest || !first ? null : (
            <button type="button" class="btn sec" onClick={() => show("password")}>
              {w().sign.firstPassword}
            </button>
          )}
          <button type="button" class="btn pri" onClick={leave}>
            {w().sign.leaveAnyway}
          </button>
        </>
      }
    >
      <div class="stack">
        {unsent.value > 0 ? <p>{w().sign.leaveUnsent(unsent.value, guest)}</p> : null}
        {first ? <p>{guest ? w().sign.leaveText : w().sign.leaveOpenText}</p> : null}
      </div>
    </Modal>
  );
}

/** An administrator makes an account; the link signs its owner in for the first time. */
function NewAccount() {
  const [failed, setFailed] = useState("");
  const [url, setUrl] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? "").trim();
    if (text("name") === "") {
      setFailed(w().sign.needed);
      return;
    }
    try {
      const made = await call<{ url: string }>("accounts", "POST", {
        name: text("name"),
        department: text("department"),
      });
      setFailed("");
      setUrl(made.url);
    } catch (error) {
      setFailed(sayWhy(error, w().sign.failed));
    }
  };
  return (
    <Modal title={w().sign.newAccount} onClose={() => show(undefined)}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <p class="small mut">{w().sign.newAccountText}</p>
        <Names name="" department="" autocomplete="off" labels={w().sign.whose} />
        <Ending failed={failed} label={w().sign.makeLink} />
        {url === "" ? null : <FreshLink url={url} />}
      </form>
    </Modal>
  );
}
