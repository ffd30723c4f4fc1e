// Finds the page for the address and draws it.
import { render } from "preact";
import { pagePath, under } from "../assets.ts";
import { mountBoard } from "../chrome/board.tsx";
import { boardIn } from "../entry.ts";
import { prepareNotices } from "../notices.ts";
import { openBoard } from "../open-board.ts";
import { me, renew, sayWhy } from "../session.ts";
import { applyTheme, speakAs } from "../settings.ts";
import { showToasts } from "../toasts.ts";
import { firstLang, speak, w } from "../words/index.ts";
import { CheckPage } from "./check.tsx";
import { Home } from "./home.tsx";
import { LinkPage, SetupPage, SignFrame, SignInPage, takeSecret } from "./sign.tsx";

export async function start(): Promise<void> {
  applyTheme();
  await speak(firstLang());
  prepareNotices();
  showToasts();
  const host = document.getElementById("app");
  if (host === null) throw new Error("the shell has no #app");
  const path = pagePath();
  if (path === "setup") render(<SetupPage secret={takeSecret()} />, host);
  else if (path === "login") render(<LinkPage secret={takeSecret()} />, host);
  else if (path === "signin") render(<SignInPage />, host);
  else if (path === "check") render(<CheckPage />, host);
  else if (path === "" || boardIn(path) !== undefined) await signedIn(host, path);
  else render(<NoPage />, host);
}

/** Pages that need someone to be signed in. */
async function signedIn(host: HTMLElement, path: string): Promise<void> {
  let here = false;
  try {
    here = await renew();
  } catch (error) {
    render(<Unreachable host={host} path={path} why={sayWhy(error, w().sign.failed)} />, host);
    return;
  }
  if (!here) {
    location.replace(under(path === "" ? "signin" : `signin?next=${encodeURIComponent(path)}`));
    return;
  }
  await speakAs(me.value?.lang);
  render(null, host);
  const board = boardIn(path);
  if (board !== undefined)
    mountBoard(host, openBoard(board), (why) => {
      host.className = "";
      host.replaceChildren();
      render(<NoBoard gone={why === "gone"} />, host);
    });
  else render(<Home />, host);
}

/** In place of a page that there is not. */
function NoPage() {
  return (
    <SignFrame title={w().noPage.title} text={w().noPage.text}>
      <a class="btn pri" href={under("")}>
        {w().save.home}
      </a>
    </SignFrame>
  );
}

/** In place of a board that one never was on. */
function NoBoard({ gone }: { readonly gone: boolean }) {
  return (
    <SignFrame
      title={gone ? w().noBoard.gone : w().noBoard.revoked}
      text={gone ? w().noBoard.goneText : w().noBoard.revokedText}
    >
      <a class="btn pri" href={under("")}>
        {w().save.home}
      </a>
    </SignFrame>
  );
}

interface UnreachableProps {
  readonly host: HTMLElement;
  readonly path: string;
  readonly why: string;
}

function Unreachable({ host, path, why }: UnreachableProps) {
  return (
    <SignFrame title={why}>
      <button type="button" class="btn pri" onClick={() => void signedIn(host, path)}>
        {w().sign.again}
      </button>
    </SignFrame>
  );
}
