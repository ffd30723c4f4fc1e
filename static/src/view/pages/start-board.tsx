// Draws the board of the address.
import { render } from "preact";
import type { ID } from "../../board/record.ts";
import { pagePath } from "../assets.ts";
import { mountBoard } from "../chrome/board.tsx";
import { boardIn } from "../entry.ts";
import { toast } from "../notices.ts";
import { openBoard } from "../open-board.ts";
import { call, me, sayWhy } from "../session.ts";
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
      render(why === "gone" ? <Gone /> : <Refused board={id} />, host);
    });
  });
}

function Gone() {
  return <Absent title={w().noBoard.gone} text={w().noBoard.goneText} />;
}

/** An administrator may make themself the facilitator of any board, which is an entry of its log. */
function Refused({ board }: { readonly board: ID }) {
  const words = w().noBoard;
  const person = me.value;
  const take = async (): Promise<void> => {
    try {
      await call(`boards/${board}/members`, "POST", { person: person?.id, role: "facilitator" });
      location.reload();
    } catch (error) {
      toast(sayWhy(error, w().sign.failed), { bad: true });
    }
  };
  return (
    <Absent title={words.revoked} text={words.revokedText}>
      {person?.admin === true ? (
        <>
          <p class="small mut">{words.takeText}</p>
          <button type="button" class="btn sec" onClick={() => void take()}>
            {words.take}
          </button>
        </>
      ) : null}
    </Absent>
  );
}
