// Opens a board for the person who is signed in.
import type { ID } from "../board/record.ts";
import { SignedOut } from "../collab/link.ts";
import { BrowserStore } from "../collab/outbox-idb.ts";
import { openReplica, type Replica } from "../collab/replica.ts";
import { under } from "./assets.ts";
import { answers } from "./network.ts";
import { became, me, renew, socketToken } from "./session.ts";

export function openBoard(board: ID): Replica {
  const replica = openReplica({
    board,
    socketUrl: under("socket").replace(/^http/, "ws"),
    token: async (fresh) => {
      if (fresh && !(await renew())) throw new SignedOut();
      const token = await socketToken();
      if (token === "") throw new SignedOut();
      return token;
    },
    reachable: answers,
    store: new BrowserStore({ became }),
  });
  // A guest who got an account in another tab, or somebody else who signed in there: the page is theirs from now on.
  replica.onStatus((status) => {
    if (status.kind !== "closed" || status.why !== "signin") return;
    renew().then(
      (signed) => {
        const { person } = replica.me; // "" until the server has said who this is
        if (signed && person !== "" && me.value?.id !== person) location.reload();
      },
      () => {}, // the page says what there is to do
    );
  });
  return replica;
}
