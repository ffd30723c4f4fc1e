// What the person here may do, so that nothing is offered that the server would refuse. The server decides all the same.
import type { Board } from "../../board/board.ts";
import type { Role } from "../../board/op.ts";
import type { BoardRecord, ID } from "../../board/record.ts";
import type { Replica } from "../../collab/replica.ts";

const order: readonly Role[] = ["", "viewer", "commenter", "participant", "editor", "facilitator"];

export function atLeast(role: Role, least: Role): boolean {
  return order.indexOf(role) >= order.indexOf(least);
}

export class Rights {
  readonly role: Role;
  readonly writes: boolean;
  /** The board does not come back to this page: nothing that needs the server works any more. */
  readonly gone: boolean;
  readonly #person: ID;
  readonly #board: Board;

  constructor(replica: Replica) {
    const { kind } = replica.status;
    this.gone = kind === "closed";
    this.role = this.gone ? "" : replica.me.role;
    this.#person = replica.me.person;
    this.#board = replica.board;
    this.writes = !this.gone && kind !== "readonly" && kind !== "opening";
  }

  /** Changes when anything here would answer differently. */
  get edition(): string {
    return `${this.role} ${this.#person} ${this.writes} ${this.#board.ofKind("adoption").length}`;
  }

  /** Add cards, stickies, markers, moments, emotions. */
  get add(): boolean {
    return this.writes && atLeast(this.role, "participant");
  }

  /** Add, rename, move and delete steps, phases, lanes, personas. */
  get structure(): boolean {
    return this.writes && atLeast(this.role, "editor");
  }

  get facilitate(): boolean {
    return atLeast(this.role, "facilitator");
  }

  /** Change, move and delete this record. */
  edit(record: BoardRecord | undefined): boolean {
    if (record === undefined || !this.writes) return false;
    if (record.kind === "map") return this.facilitate;
    if (atLeast(this.role, "editor")) return true;
    if (record.kind === "emotion") return this.add;
    return (
      this.add &&
      this.#board.is(record.by, this.#person) &&
      ["card", "sticky", "marker", "moment"].includes(record.kind)
    );
  }
}
