// Draws the board of the address.
import { render } from "preact";
import { pagePath } from "../assets.ts";
import { mountBoard } from "../chrome/board.tsx";
import { boardIn } from "../entry.ts";
import { openBoard } from "../open-board.ts";
import { w } from "../words/index.ts";
import { Absent, prepare, signedIn } from "./prepare.tsx";

export async function startBoard(): Promise<void> {
  const host = await prepare();
  const path = pagePath();
  const id = boardIn(path);
  if (id === undefined) throw new Error("the address names no board");
  await signedIn(host, path, () => {
    mountBoard(host, openBoard(id), (why) => {
      host.className = "";
      host.replaceChildren();
      const { gone, goneText, revoked, revokedText } = w().noBoard;
      render(
        why === "gone" ? (
          <Absent title={gone} text={goneText} />
        ) : (
          <Absent title={revoked} text={revokedText} />
        ),
        host,
      );
    });
  });
}
