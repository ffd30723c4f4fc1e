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

const texts: { readonly [kind: string]: readonly string[] } = {
  map: ["title", "scenario", "goal"],
  persona: [
    "name",
    "about",
    "demographics",
    "situation",
    "problems",
    "values",
    "wishes",
    "motivations",
    "obligations",
    "abilities",
  ],
  phase: ["title"],
  step: ["title"],
  lane: ["title"],
  card: ["text", "metric"],
  marker: ["text"],
  emotion: ["word", "because"],
  moment: ["title", "evidence", "decision"],
  sticky: ["text"],
  invite: ["label"],
  ballot: ["title"],
};

export function isTextField(kind: string, field: string): boolean {
  return texts[kind]?.includes(field) ?? false;
}
