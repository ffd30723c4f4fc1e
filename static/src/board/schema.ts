// Questions to the table of kinds, for records whose kind is known only when the program runs.
import { sameJson } from "./codec.ts";
import { type FieldSpec, type Json, type KindSpec, kinds } from "./schema.gen.ts";

/** The table's row for a kind; undefined for one of a newer release. */
export function kindSpec(kind: string): KindSpec | undefined {
  return Object.hasOwn(kinds, kind) ? (kinds as { readonly [kind: string]: KindSpec })[kind] : undefined;
}

export function fieldSpec(kind: string, field: string): FieldSpec | undefined {
  const fields = kindSpec(kind)?.fields;
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** The fields that name what the siblings of a kind are ordered under. */
export function parentFields(kind: string): readonly string[] {
  return kindSpec(kind)?.parent ?? [];
}

export function isTextField(kind: string, field: string): boolean {
  return fieldSpec(kind, field)?.type === "text";
}

/** Whether a value is what the field has when nothing is stored. */
export function isDefault(kind: string, field: string, value: Json): boolean {
  const spec = fieldSpec(kind, field);
  return value === null || (spec !== undefined && sameJson(spec.default, value));
}
