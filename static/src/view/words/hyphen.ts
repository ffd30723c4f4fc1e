// Where long German words may break. Browsers with a dictionary know better; many have none.

/** Parts that end a compound, and endings that join one. */
const joints =
  /(?<=[a-zäöüß]{4})(?=(?:strecke|portal|konto|punkt|nummer|vertrag|rechnung|anbieter|prüfung|schaltung|kasten|preis|dienst|center|seite|service|bestellung|karte|lager|gespräch|abteilung|leitung|gebühr|bestätigung|nachricht|erfahrung|mitnahme|laufzeit|auskunft|formular|angebot|termin|stelle|zentrum|system|kanal|phase|schutz|einstellung|aktivierung|ausweis|foto|zusammen|fassung|schreiben|erhöhung|anruf|liste|tabelle|löcher|gedruckt|händler|berater|wechsel|qualität|kunde|berechnung|übersicht|verwaltung)[a-zäöüß]{0,14}(?![a-zäöüß]))|(?<=(?:ungs|heits|keits|schafts|tions|täts|lings|eits))(?=[a-zäöüß]{4})/gu;

/** Between syllables: before the last consonant of a group, never within ch, ck, sch and the like. */
const syllables =
  /(?<=[a-zäöüß]*[aeiouyäöü][a-zäöüß]*[^aeiouyäöüA-Z\u00ad])(?=(?:sch|ch|ck|ph|th|qu|[bcdfghjklmnpqrstvwxzß])[aeiouyäöü][a-zäöüß]{2})/gu;

/** Puts soft hyphens into words of more than eleven letters: at the joints between parts, else between syllables. */
export function hyphenable(text: string): string {
  return text.replace(/\p{L}{12,}/gu, (word) =>
    word
      .replace(joints, "\u00ad")
      .split("\u00ad")
      .map((part) => (part.length > 11 ? part.replace(syllables, "\u00ad") : part))
      .join("\u00ad"),
  );
}
