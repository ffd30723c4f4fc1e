// Which steps may be moments of truth.
import type { Board } from "./board.ts";
import { extremes, type Feeling } from "./emotion.ts";
import { type BoardRecord, numberField, textField } from "./record.ts";

/**
 * For each of these steps, who is at work there: the texts of the cards that everyone may see in the lanes for
 * departments, in the order of the cards, each once. A card that spans steps counts in all of them.
 */
export function departments(board: Board, of: readonly BoardRecord[]): readonly (readonly string[])[] {
  const out = of.map(() => new Set<string>());
  const map = board.ofKind("map")[0];
  for (const lane of map === undefined ? [] : board.children("lane", map.id)) {
    if (textField(lane, "type") !== "departments") continue;
    for (const [i, step] of of.entries()) {
      for (const card of board.children("card", lane.id, step.id)) {
        const name = textField(card, "text").trim();
        if (card.only !== undefined || name === "") continue;
        for (const covered of out.slice(i, i + numberField(card, "span"))) covered.add(name);
      }
    }
  }
  return out.map((names) => [...names]);
}

/**
 * The steps at which the customer is handed over: nobody who was at work in the step before still is. Steps of which
 * nobody has said who is at work are passed over.
 */
export function handOffs(of: readonly (readonly string[])[]): readonly number[] {
  const out: number[] = [];
  let before: readonly string[] | undefined;
  for (const [i, now] of of.entries()) {
    if (now.length === 0) continue;
    if (before !== undefined && !now.some((name) => before?.includes(name))) out.push(i);
    before = now;
  }
  return out;
}

/** Why a step may be a moment of truth, in the order in which the reasons are given. */
export type Reason = "lowest" | "highest" | "drop" | "first" | "last" | "handOff" | "votes";

export interface Candidate {
  /** Its place in the list of steps. */
  readonly step: number;
  readonly reasons: readonly Reason[];
}

/**
 * Proposes moments of truth: where the feeling is at its extremes or falls the most, where the journey begins and ends,
 * where the customer is handed over, and where the most votes are. Those with the most reasons come first.
 */
export function candidates(
  of: readonly Feeling[],
  handedOver: readonly number[],
  votes: readonly number[],
): readonly Candidate[] {
  const reasons = of.map((): Reason[] => []);
  const { lowest, highest } = extremes(of);
  reasons[lowest]?.push("lowest");
  reasons[highest]?.push("highest");
  reasons[largestDrop(of)]?.push("drop");
  reasons[0]?.push("first");
  if (of.length > 1) reasons[of.length - 1]?.push("last");
  for (const i of handedOver) reasons[i]?.push("handOff");
  const most = Math.max(0, ...votes);
  for (const [i, n] of votes.entries()) if (n === most && n > 0) reasons[i]?.push("votes");
  return reasons
    .map((why, step) => ({ step, reasons: why }))
    .filter((candidate) => candidate.reasons.length > 0)
    .sort((a, b) => b.reasons.length - a.reasons.length);
}

/** The step that falls the most from the known step before it, the first of equals; -1 when none falls. */
function largestDrop(of: readonly Feeling[]): number {
  let at = -1;
  let most = 0;
  let before: number | undefined;
  for (const [i, y] of of.entries()) {
    if (y === undefined) continue;
    if (before !== undefined && before - y > most) [at, most] = [i, before - y];
    before = y;
  }
  return at;
}
