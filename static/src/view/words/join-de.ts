// Die Wörter der Seite, die eine Einladung öffnet.
import type { words as english } from "./join-en.ts";

export const words: typeof english = {
  invites: (name) => (name === "" ? "Du bist eingeladen" : `${name} lädt dich ein`),
  name: "Wie heißt du?",
  department: "Aus welcher Abteilung?",
  other: "andere",
  otherLabel: "Name der Abteilung",
  passcode: "Kennwort",
  go: "Mitmachen",
  note: (looks) => `Ohne Konto.${looks ? "" : " Dein Name steht an deinen Karten."}`,
  gone: "Dieser Link gilt nicht mehr. Bitte um einen neuen.",
  members: (n) => (n === 1 ? "1 Person macht mit" : `${n} Personen machen mit`),
  departments: ["Service", "IT", "Vertrieb", "Marketing", "Logistik", "Finanzen"],
  already: (name) => `Du bist hier als ${name}.`,
  noSecret: "Diese Seite braucht einen Einladungslink.",
};
