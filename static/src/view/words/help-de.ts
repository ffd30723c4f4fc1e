// Was die Tasten tun, auf Deutsch.
import type { help as english } from "./help-en.ts";

export const help: typeof english = {
  title: "Tasten",
  groups: { move: "Bewegen", cards: "Karten", structure: "Schritte, Phasen, Ebenen", board: "Board" },
  arrows: "von Zelle zu Zelle",
  enter: "in die Zelle, Karte bearbeiten, in leerer Zelle eine ergänzen",
  typing: "einfach tippen: in einer Zelle eine neue Karte, auf Karte oder Zettel mehr Text",
  esc: "einen Schritt hinaus",
  enterNext: "im Text: nächste Karte darunter",
  tab: "im Text: nächster Schritt",
  shiftEnter: "neue Zeile",
  moveCard: "Karte in die nächste Zelle",
  reorder: "Karte in ihrer Zelle hinauf oder hinunter",
  span: "Karte über mehr oder weniger Schritte",
  del: "löschen",
  select: "Karte auswählen",
  emotion: "Emotion hinauf oder hinunter",
  structureMove: "Phase, Schritt oder Ebene verschieben",
  context: "Menü mit allem",
  zoom: "Zoom",
  fit: "Map, Auswahl einpassen",
  pan: "Ansicht verschieben",
  palette: "Befehle",
  undo: "rückgängig, wiederholen",
  letters:
    "Einzelne Buchstaben sind Tasten, solange keine Zelle, kein Kopf, keine Karte und kein Zettel den Fokus hat; dort werden sie geschrieben. Sie lassen sich abschalten:",
  lettersOn: "Einzelne Buchstaben als Tasten",
  wheel: "Das Rad verschiebt, Strg und Rad zoomt, Leertaste und Ziehen verschiebt.",
};
