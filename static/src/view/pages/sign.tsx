// The pages that sign someone in: set-up, login link, password.
import { useEffect, useState } from "preact/hooks";
import { under } from "../assets.ts";
import { Icon } from "../chrome/parts.tsx";
import { readSecret } from "../secret.ts";
import { ask, Refusal, type Signed, sayWhy, signWith } from "../session.ts";
import { sample } from "../settings.ts";
import { lang, w } from "../words/index.ts";
import { SignFrame } from "./frame.tsx";

/** Takes the secret out of the address, so that it is in no history and no screenshot. */
export function takeSecret(): string {
  const secret = readSecret();
  if (secret !== "") history.replaceState(null, "", location.pathname + location.search);
  return secret;
}

/** Where to go once signed in: the page one came from, or the board the server names. */
function enter(signed: Signed): void {
  const next = new URLSearchParams(location.search).get("next");
  const safe = next !== null && /^b\/board-[A-Za-z0-9_-]+$/.test(next) ? next : "";
  location.assign(under(signed.board === undefined ? safe : `b/${signed.board}`));
}

function Failed({ text }: { readonly text: string }) {
  return text === "" ? null : (
    <p class="err" role="alert">
      <Icon name="circle-alert" size="m" />
      {text}
    </p>
  );
}

/** Whether a link was used, has run out or never was one: then a new one helps, and only the server can make it. */
function linkIsSpent(error: unknown): boolean {
  return error instanceof Refusal && ["used", "expired", "link"].includes(error.code);
}

/** Whether the server has been set up. One that does not answer this will say so when somebody signs in. */
function useIsSetUp(): boolean | undefined {
  const [done, setDone] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    ask<{ done: boolean }>("setup").then(
      (answer) => setDone(answer.done),
      () => setDone(undefined),
    );
  }, []);
  return done;
}

/** In place of what a link would have done. */
function SpentLink() {
  return (
    <SignFrame title={w().sign.spent} text={w().sign.used}>
      <a class="btn sec" href={under("signin")}>
        {w().sign.signIn}
      </a>
    </SignFrame>
  );
}

export function SetupPage({ secret }: { readonly secret: string }) {
  const done = useIsSetUp();
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const [protect, setProtect] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => String(data.get(name) ?? "").trim();
    if (text("name") === "") {
      setFailed(w().sign.needed);
      return;
    }
    const password = String(data.get("password") ?? "");
    if (protect && [...password].length < 10) {
      setFailed(w().sign.short);
      return;
    }
    setBusy(true);
    try {
      const signed = await signWith("setup", {
        secret,
        name: text("name"),
        department: text("department"),
        lang: lang.value,
        ...(protect ? { login: text("login"), password } : {}),
      });
      sample.remember(signed.board);
      enter(signed);
    } catch (error) {
      setBusy(false);
      setFailed(linkIsSpent(error) ? w().sign.used : sayWhy(error, w().sign.failed));
    }
  };
  if (done === true && !busy) return <SpentLink />;
  return (
    <SignFrame title={w().sign.setupTitle} text={w().sign.setupText}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="fld">
          <span class="lbl">{w().sign.name}</span>
          <input class="in xl" name="name" autocomplete="name" maxLength={80} required />
        </label>
        <label class="fld">
          <span class="lbl">
            {w().sign.department} <span class="mut">({w().sign.departmentHint})</span>
          </span>
          <input class="in xl" name="department" maxLength={80} />
        </label>
        <label class="switch">
          <input
            type="checkbox"
            checked={protect}
            onChange={(event) => setProtect(event.currentTarget.checked)}
          />
          {w().sign.withPassword}
        </label>
        {protect ? (
          <div class="two">
            <label class="fld">
              <span class="lbl">{w().sign.login}</span>
              <input class="in xl" name="login" autocomplete="username" maxLength={80} required />
            </label>
            <label class="fld">
              <span class="lbl">{w().sign.password}</span>
              <input class="in xl" name="password" type="password" autocomplete="new-password" required />
            </label>
          </div>
        ) : null}
        {failed === "" ? (
          <p class="small mut">{protect ? w().sign.short : w().sign.passwordHint}</p>
        ) : (
          <Failed text={failed} />
        )}
        <button type="submit" class="btn pri xl" disabled={busy}>
          {w().sign.start}
        </button>
      </form>
    </SignFrame>
  );
}

export function LinkPage({ secret }: { readonly secret: string }) {
  const [failed, setFailed] = useState("");
  const [spent, setSpent] = useState(false);
  useEffect(() => {
    signWith("login", { secret }).then(enter, (error: unknown) => {
      if (linkIsSpent(error)) setSpent(true);
      else setFailed(sayWhy(error, w().sign.failed));
    });
  }, [secret]);
  if (spent) return <SpentLink />;
  return (
    <SignFrame title={w().sign.linkTitle}>
      <Failed text={failed} />
      {failed === "" ? null : (
        <a class="btn sec" href={under("signin")}>
          {w().sign.signIn}
        </a>
      )}
    </SignFrame>
  );
}

export function SignInPage() {
  const done = useIsSetUp();
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    setBusy(true);
    try {
      enter(
        await signWith("signin", {
          login: String(data.get("login") ?? "").trim(),
          password: String(data.get("password") ?? ""),
        }),
      );
    } catch (error) {
      setBusy(false);
      setFailed(error instanceof Refusal ? sayWhy(error, w().sign.wrong) : w().sign.failed);
    }
  };
  if (done === false) return <SignFrame title={w().sign.setupTitle} text={w().sign.notSetUp} />;
  return (
    <SignFrame title={w().sign.signInTitle}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <label class="fld">
          <span class="lbl">{w().sign.login}</span>
          <input class="in xl" name="login" autocomplete="username" required />
        </label>
        <label class="fld">
          <span class="lbl">{w().sign.password}</span>
          <input class="in xl" name="password" type="password" autocomplete="current-password" required />
        </label>
        <Failed text={failed} />
        <button type="submit" class="btn pri xl" disabled={busy}>
          {w().sign.signIn}
        </button>
        <p class="small mut center">{w().sign.noAccount}</p>
      </form>
    </SignFrame>
  );
}
