// Somebody at a page who does something now and then, chosen by a seed.
import type { Op } from "../../board/op.ts";
import { asID, type BoardRecord, type ID, textField } from "../../board/record.ts";
import type { Delta } from "../../board/text.ts";
import type { Replica, TextHandle } from "../replica.ts";

/** What one act was. */
export interface Did {
  /** Letters typed, each for the first time. */
  readonly typed: string;
  /** Letters deleted by hand, whoever had typed them. */
  readonly erased: string;
  /** Letters that undo or redo took away, and those it brought back, which may then be there twice. */
  readonly undone: string;
  readonly redone: string;
  /** Ops asked for. */
  readonly ops: readonly Op[];
  /** Records that were made, or brought back. */
  readonly made: readonly ID[];
  /** Records that undo or redo deleted. */
  readonly taken: readonly ID[];
}

const nothing: Did = { typed: "", erased: "", undone: "", redone: "", ops: [], made: [], taken: [] };

export class Person {
  editing: { readonly id: ID; readonly handle: TextHandle } | undefined;
  readonly #replica: Replica;
  readonly #rand: (n: number) => number;
  #nextLetter: number;

  /** Every letter is typed but once; they begin at this code point. */
  constructor(replica: Replica, rand: (n: number) => number, firstLetter: number) {
    this.#replica = replica;
    this.#rand = rand;
    this.#nextLetter = firstLetter;
  }

  act(): Did {
    const before = this.#live();
    const what = this.#rand(20);
    const did = this.#do(what);
    const after = this.#live();
    const made = [...after].filter((id) => !before.has(id));
    const gone = [...before].filter((id) => !after.has(id));
    return { ...did, made, taken: isTakeBack(what) ? gone : [] };
  }

  #live(): ReadonlySet<ID> {
    const live = [...this.#replica.board.all()].filter((record) => record.deleted === undefined);
    return new Set(live.map((record) => record.id));
  }

  #do(what: number): Did {
    if (what < 7) return this.#type();
    if (what < 9) return this.#erase();
    if (isTakeBack(what)) return this.#takeBack();
    if (what < 13) return this.leave();
    const op = this.#anOp(what);
    if (op === undefined || !this.#replica.propose([op], op.type)) return nothing;
    return { ...nothing, ops: [op] };
  }

  leave(): Did {
    this.editing?.handle.close();
    this.editing = undefined;
    return nothing;
  }

  #anOp(what: number): Op | undefined {
    const { board } = this.#replica;
    const lane = this.#pick(board.ofKind("lane"))?.id;
    const steps = board.ofKind("step");
    const step = this.#pick(steps)?.id;
    const card = this.#pick(board.ofKind("card"))?.id;
    const persona = this.#pick(board.ofKind("persona"))?.id;
    const deleted = this.#pick([...board.all()].filter((record) => record.deleted !== undefined));
    switch (what) {
      case 13:
        return lane && step && { type: "addCard", id: this.#replica.newID("card"), lane, step };
      case 14:
        return (
          card &&
          lane &&
          step && { type: "moveCard", id: card, lane, step, after: this.#rand(2) === 0 ? "" : card }
        );
      case 15:
        return (
          card && {
            type: "set",
            id: card,
            fields: { severity: this.#rand(4), color: this.#pick(["", "sky", "sun"]) ?? "" },
          }
        );
      case 16:
        return step && persona && { type: "setEmotion", step, persona, value: this.#rand(601) - 300 };
      case 17:
        if (this.#rand(3) > 0) return deleted && { type: "restore", id: deleted.id };
        return this.#pick(
          [card, step, lane].filter((id) => id !== undefined).map((id) => ({ type: "delete" as const, id })),
        );
      case 18:
        return step && steps[0] && { type: "moveStep", id: step, phase: asID(textField(steps[0], "phase")) };
      default:
        return (
          step && {
            type: "addStep",
            id: this.#replica.newID("step"),
            phase: asID(textField(this.#pick(steps), "phase")),
          }
        );
    }
  }

  #type(): Did {
    const card = this.#pick(this.#replica.board.ofKind("card"));
    if (this.editing === undefined && card !== undefined) {
      this.editing = { id: card.id, handle: this.#replica.editText(card.id, "text") };
    }
    if (this.editing === undefined) return nothing;
    const { handle } = this.editing;
    let typed = "";
    for (let i = this.#rand(3); i >= 0; i--) typed += String.fromCodePoint(this.#nextLetter++);
    const at = this.#rand([...handle.text].length + 1);
    const delta: Delta = at === 0 ? [typed] : [at, typed];
    if (handle.change(delta)) return { ...nothing, typed };
    this.leave();
    return nothing;
  }

  #erase(): Did {
    if (this.editing === undefined) return nothing;
    const { handle } = this.editing;
    const text = [...handle.text];
    if (text.length === 0) return nothing;
    const at = this.#rand(text.length);
    const gone = text.slice(at, at + 2);
    if (!handle.change(at === 0 ? [-gone.length] : [at, -gone.length])) return nothing;
    return { ...nothing, erased: gone.join("") };
  }

  #takeBack(): Did {
    const before = lettersOf(this.#replica.board.all());
    if (this.#rand(3) > 0) this.#replica.undo();
    else this.#replica.redo();
    const after = lettersOf(this.#replica.board.all());
    const undone = before.filter((letter) => !after.includes(letter));
    const redone = after.filter((letter) => !before.includes(letter));
    return { ...nothing, undone: undone.join(""), redone: redone.join("") };
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#rand(Math.max(1, from.length))];
  }
}

function isTakeBack(what: number): boolean {
  return what >= 9 && what < 12;
}

/** The lowest code point that tests use for letters typed but once. */
export const firstLetter = 0x4e00;

/** Every letter typed in a test that stands in some text, as often as it does. */
export function lettersOf(records: Iterable<BoardRecord>): readonly string[] {
  const out: string[] = [];
  for (const record of records) {
    for (const letter of textField(record, "text"))
      if ((letter.codePointAt(0) ?? 0) >= firstLetter) out.push(letter);
  }
  return out;
}
