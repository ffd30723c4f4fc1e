// Opens a board for the person who is signed in.
import type { ID } from "../board/record.ts";
import { SignedOut } from "../collab/link.ts";
import { BrowserStore } from "../collab/outbox-idb.ts";
import { openReplica, type Replica } from "../collab/replica.ts";
import { under } from "./assets.ts";
import { answers } from "./network.ts";
import { became, renew, socketToken } from "./session.ts";

export function openBoard(board: ID): Replica {
  return openReplica({
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
}
