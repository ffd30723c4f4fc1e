// When something happened, as people say it.
import { lang, w } from "./index.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = formats.get(`${lang.value} ${key}`);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(lang.value, options);
  formats.set(`${lang.value} ${key}`, made);
  return made;
}

/** "10:42", "yesterday", "12 November": when something happened, as short as it can be said. */
export function when(at: number, now = Date.now()): string {
  const day = (time: number): number =>
    Math.floor((time - new Date(time).getTimezoneOffset() * 60_000) / 86_400_000);
  const days = day(now) - day(at);
  if (now - at < 60_000) return w().time.now;
  if (days <= 0) return format("time", { hour: "2-digit", minute: "2-digit" }).format(at);
  if (days === 1) return w().time.yesterday;
  if (days < 7) return format("weekday", { weekday: "long" }).format(at);
  const year = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(year ? "day" : "date", {
    day: "numeric",
    month: "long",
    ...(year ? {} : { year: "numeric" }),
  }).format(at);
}

/** A date without its time. */
export function date(at: number): string {
  return format("full", { day: "numeric", month: "long", year: "numeric" }).format(at);
}
