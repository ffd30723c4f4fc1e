// The frame of a page that says one thing: signing in, and what stands in place of a page that there is not.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { AccountDialogs, accountMenu } from "../chrome/account.tsx";
import { NetworkChip } from "../chrome/network.tsx";
import { Icon, Logo } from "../chrome/parts.tsx";
import { openMenu } from "../menu.ts";
import { w } from "../words/index.ts";

export function SignFrame({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text?: string;
  readonly children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · ${w().app.name}`;
  }, [title]);
  return (
    <div class="sign paper">
      <header class="row">
        <Logo size={30} />
        <span class="d">{w().app.name}</span>
        <NetworkChip />
        <span class="sp" />
        <button
          type="button"
          class="ib"
          aria-haspopup="menu"
          aria-label={w().sign.language}
          onClick={(event) => openMenu(event.currentTarget, accountMenu(), w().sign.language)}
        >
          <Icon name="languages" />
        </button>
      </header>
      <main class="signbox">
        <h1>{title}</h1>
        {text === undefined ? null : <p class="lead">{text}</p>}
        {children}
      </main>
      <AccountDialogs />
    </div>
  );
}
