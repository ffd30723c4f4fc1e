// The word that goes with a feeling when its value changes.
import { type BoardRecord, type ID, numberField, textField } from "../../board/record.ts";
import { w } from "../words/index.ts";
import { level, turns } from "./face.ts";

/**
 * The word that goes with a new value: another face's where the old one was a standard word of its own face. A word of
 * somebody's own stays until the feeling turns; then it would say the opposite of the face.
 */
function wordFor(from: Feeling, value: number): string {
  const before = level(from.value);
  const after = level(value);
  const standard: readonly (readonly string[])[] | undefined = w().emotion.words;
  const said = from.word.trim().toLowerCase();
  const own = standard?.[before + 3]?.some((word) => word.toLowerCase() === said) === true;
  if (said === "" || before === after || standard?.[after + 3]?.includes(said)) return from.word;
  if (own) return standard?.[after + 3]?.[0] ?? "";
  return turns(from.value, value) ? "" : from.word;
}

interface Feeling {
  readonly value: number;
  readonly word: string;
}

/**
 * The words of the feeling that one is setting. Keys set it step by step, and each step is heard by all; the word goes
 * by where it began, as in a drag, so that there and back leaves it as it was.
 */
export class FeelingWords {
  #id: ID | undefined;
  #from: Feeling = { value: 0, word: "" };
  #put = "";

  /** The word that a new value brings; undefined when that is the one there is. */
  next(record: BoardRecord | undefined, value: number): string | undefined {
    const now = { value: numberField(record, "value"), word: textField(record, "word") };
    if (record?.id !== this.#id || now.word !== this.#put) this.#from = now;
    this.#id = record?.id;
    this.#put = wordFor(this.#from, value);
    return this.#put === now.word ? undefined : this.#put;
  }
}
