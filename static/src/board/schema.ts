// What the kinds of records have in common, read off their table.

const parents: { readonly [kind: string]: readonly string[] } = {
  persona: ["map"],
  phase: ["map"],
  step: ["phase"],
  lane: ["map"],
  card: ["lane", "step"],
  marker: ["step"],
  emotion: ["step"],
  moment: ["target"],
  vote: ["ballot"],
};

/** The fields that name what the siblings of a kind are ordered under. */
export function parentFields(kind: string): readonly string[] {
  return parents[kind] ?? [];
}
