// What every page of a desk does before it is drawn.
import { type ComponentChildren, render } from "preact";
import { useEffect } from "preact/hooks";
import { under } from "../assets.ts";
import { prepareNotices } from "../notices.ts";
import { me, renew, sayWhy } from "../session.ts";
import { applyTheme, speakAs } from "../settings.ts";
import { showToasts } from "../toasts.ts";
import { firstLang, speak, w } from "../words/index.ts";
import { SignFrame } from "./frame.tsx";

/** Colours, words and notices are there; the page is drawn into what this gives. */
export async function prepare(): Promise<HTMLElement> {
  applyTheme();
  await speak(firstLang());
  prepareNotices();
  showToasts();
  const host = document.getElementById("app");
  if (host === null) throw new Error("the shell has no #app");
  return host;
}

let looking = false;

/** Draws a page that needs someone to be signed in, or leads to signing in. */
export async function signedIn(host: HTMLElement, path: string, draw: () => void): Promise<void> {
  if (looking) return; // it was asked for while it was under way
  looking = true;
  let here = false;
  try {
    here = await renew();
  } catch (error) {
    looking = false;
    const again = (): void => void signedIn(host, path, draw);
    render(<Unreachable why={sayWhy(error, w().sign.failed)} again={again} />, host);
    return;
  }
  if (!here) {
    location.replace(under(path === "" ? "signin" : `signin?next=${encodeURIComponent(path)}`));
    return;
  }
  await speakAs(me.value?.lang);
  render(null, host);
  draw();
}

/** How often a page that found no server looks for one, in ms. */
const lookAgain = 3000;

function Unreachable({ why, again }: { readonly why: string; readonly again: () => void }) {
  useEffect(() => {
    const timer = setTimeout(again, lookAgain);
    return () => clearTimeout(timer);
  }, [again]);
  return (
    <SignFrame title={why}>
      <button type="button" class="btn pri" onClick={again}>
        {w().sign.again}
      </button>
    </SignFrame>
  );
}

/** In place of a page or board that there is not: the way home. */
export function Absent(props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <SignFrame title={props.title} text={props.text}>
      {props.children}
      <a class="btn pri" href={under("")}>
        {w().save.home}
      </a>
    </SignFrame>
  );
}
