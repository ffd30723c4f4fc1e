// Finds the page for the address and draws it: home, what signs people in, and all else that is no board.
import { render } from "preact";
import { pagePath } from "../assets.ts";
import { fetchBoard } from "../fetch-board.ts";
import { w } from "../words/index.ts";
import { CheckPage } from "./check.tsx";
import { Home } from "./home.tsx";
import { Absent, prepare, signedIn } from "./prepare.tsx";
import { LinkPage, SetupPage, SignInPage, takeSecret } from "./sign.tsx";

export async function start(): Promise<void> {
  const host = await prepare();
  const path = pagePath();
  if (path === "setup") render(<SetupPage secret={takeSecret()} />, host);
  else if (path === "login") render(<LinkPage secret={takeSecret()} />, host);
  else if (path === "signin") render(<SignInPage />, host);
  else if (path === "check") render(<CheckPage />, host);
  else if (path === "") await signedIn(host, path, () => render(<Home />, host));
  else render(<Absent title={w().noPage.title} text={w().noPage.text} />, host);
  fetchBoard();
}
