// Where long German compounds may break. Browsers with a dictionary know better; many have none.

const joints =
  /(?<=[a-zäöüß]{4})(?=(?:strecke|portal|konto|punkt|nummer|vertrag|rechnung|anbieter|prüfung|schaltung|kasten|preis|dienst|center|seite|service|bestellung|karte|lager|gespräch|abteilung|leitung|gebühr|bestätigung|nachricht|erfahrung|mitnahme|laufzeit|auskunft|formular|angebot|termin|stelle|zentrum|system|kanal|phase|schutz|einstellung|aktivierung)[a-zäöüß]{0,3}\b)|(?<=(?:ungs|heits|keits|schafts|tions|täts|lings|eits))(?=[a-zäöüß]{4})/gu;

/** Puts soft hyphens into words of more than eleven letters, at the joints between their parts. */
export function hyphenable(text: string): string {
  return text.replace(/[\p{L}]{12,}/gu, (word) => word.replace(joints, "\u00ad"));
}
