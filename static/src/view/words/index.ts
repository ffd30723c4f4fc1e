// The words of the interface. English is the type, German has the same shape; one of them is loaded.
import { signal } from "@preact/signals-core";
import { asset } from "../assets.ts";
import type { words as english } from "./desk-en.ts";

export type Words = typeof english;
export type Lang = "de" | "en";

const current = signal<Words | undefined>(undefined);
export const lang = signal<Lang>("en");

/** The words of the language in use; components that read them are drawn again when it changes. */
export function w(): Words {
  const words = current.value;
  if (words === undefined) throw new Error("no language is loaded yet");
  return words;
}

let small = false;

/** Phones load only the words that their pages use. */
export function useFewWords(): void {
  small = true;
}

/** Loads a language and switches to it without a reload. */
export async function speak(next: Lang): Promise<void> {
  const module = (await import(asset(small ? `${next}Phone` : next))) as { words: Words };
  current.value = module.words;
  lang.value = next;
  document.documentElement.lang = next;
}

/** Uses words that are at hand already (tests). */
export function use(words: Words, next: Lang): void {
  current.value = words;
  lang.value = next;
}

/** The language to start with. */
export function firstLang(): Lang {
  return document.documentElement.lang === "de" ? "de" : "en";
}

const numbers = new Map<string, Intl.NumberFormat>();

/** A number given in hundredths, as people of the language write it; a true minus. One to be edited has no grouping. */
export function hundredths(value: number, digits = 0, useGrouping = true): string {
  const key = `${lang.value} ${digits} ${useGrouping}`;
  let known = numbers.get(key);
  if (known === undefined) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: 2, useGrouping };
    known = new Intl.NumberFormat(lang.value, options);
    numbers.set(key, known);
  }
  return known.format(value / 100).replace("-", "−");
}
