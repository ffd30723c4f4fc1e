import assert from "node:assert/strict";
import { test } from "node:test";
import type { BoardRecord } from "../../board/record.ts";
import { words as desk } from "../words/desk-en.ts";
import { words as few } from "../words/en.ts";
import { use, type Words } from "../words/index.ts";
import { FeelingWords } from "./feeling.ts";

const feeling = (value: number, word: string): BoardRecord =>
  ({ id: "emotion-1", kind: "emotion", fields: { value, word } }) as unknown as BoardRecord;

test("a word of somebody's own goes when the feeling turns, and there and back gives it back", () => {
  for (const words of [desk, few as unknown as Words]) {
    use(words, "en");
    const feelings = new FeelingWords();
    assert.equal(feelings.next(feeling(200, "on cloud nine"), 300), undefined, "as good as it was");
    assert.equal(feelings.next(feeling(300, "on cloud nine"), -200), "");
    assert.equal(feelings.next(feeling(-200, ""), -300), undefined, "still gone");
    assert.equal(feelings.next(feeling(-300, ""), 100), "on cloud nine");
    assert.equal(feelings.next(feeling(100, "a new word"), -100), "", "what was written since counts");
    assert.equal(feelings.next(feeling(-100, ""), 100), "a new word");
  }
});

test("where the words of the faces are known, one of them follows its face", () => {
  use(desk, "en");
  assert.equal(new FeelingWords().next(feeling(200, "glad"), -200), "angry");
  use(few as unknown as Words, "en");
  assert.equal(new FeelingWords().next(feeling(200, "glad"), -200), "");
});
