// Where long German words may break in a browser that has no dictionary of its own. Few breaks, and none that is wrong:
// what the rules are not sure of stays whole.

/** Parts that end a compound, and endings that join one. */
const joints =
  /(?<=^(?:[Ww]eiter|[Zz]usammen|[Zz]urück))(?=[a-zäöüß]{4})|(?<=[a-zäöüß]{4})(?=(?:strecke|portal|konto|punkt|nummer|vertrag|verträge|rechnung|anbieter|prüfung|schaltung|kasten|preis|dienst|center|seite|service|bestellung|karte|lager|gespräch|abteilung|leitung|gebühr|bestätigung|nachricht|erfahrung|mitnahme|laufzeit|auskunft|formular|angebot|termin|stelle|zentrum|system|kanal|phase|schutz|einstellung|aktivierung|ausweis|foto|zusammen|fassung|schreiben|erhöhung|anruf|liste|tabelle|löcher|gedruckt|händler|berater|beratung|wechsel|qualität|kunde|berechnung|übersicht|verwaltung|schiff|fahrt|arzt|praxis|versicherung|beziehung|beschwerde|bearbeitung|abwicklung|erstellung|anfrage|antrag|auftrag|zahlung|lieferung|schlüssel|daten|verfahren|vergleich|entscheidung|zufriedenheit|management)[a-zäöüß]{0,14}(?![a-zäöüß]))|(?<=[a-zäöüß](?:ungs|heits|keits|schafts|tions|täts|lings|beits))(?=[a-zäöüß]{4})/gu;

/** Prefixes and endings that are syllables of their own wherever they stand. */
const affixes =
  /(?<=^(?:ver|ent|zer|auf|aus|vor|nach|über|unter|wieder|durch|gegen|gesamt))(?=[bcdfghjklmnpqrstvwxz][a-zäöüß]{3})|(?<=[a-zäöüß]{2}[bcdfghklmnprtw])(?<!sc)(?=(?:schaft|heit|keit|lich|haft|los)(?:en|es|er|e|s)?$)/giu;

/** Two consonants between vowels that no part of a compound ends with: the second begins a syllable. */
const apart =
  /^(?:(?:ch|ck)[bfgklmnpvw]|t[bfgkmnvw]|n[bmrvw]|[rl]w|m[bgkw]|(?:ch|[bdfgklmnr])h)$|^(?:([bdfglmnprt])\1|ng)(?=[eu])/u;

/** One sound between vowels; what may as well end a part before a vowel (Haus-arzt, Kinder-arzt) is left out. */
const single = /^(?:sch|ch|ck|ph|[bdfghjklmnpqrtvwxzß])$/u;

/** A part may end here with its last sound (Kinder-arzt), or have begun with the vowel before it (Schlüssel-übergabe). */
const unsure = /(?:e[rnl]|üb|(?:ee|i[aou]|eo|ea|ue)[^aeiouyäöü]+)$/u;

/** Between syllables, at least three letters apart. */
function syllables(word: string): string {
  const low = word.toLowerCase();
  const sure: number[] = [];
  const likely: number[] = [];
  for (const { 0: group, index } of low.matchAll(/(?<=[aeiouyäöü])[^aeiouyäöü]+(?=[aeiouyäöü])/gu)) {
    const after = low.charAt(index + group.length);
    if (single.test(group)) {
      if (!unsure.test(low.slice(0, index) + group)) likely.push(index);
    } else if (apart.test(group) || (group.length === 2 && apart.test(group + after)))
      sure.push(index + (/^c[hk]/.test(group) ? 2 : 1));
  }
  let text = "";
  let last = 0;
  for (const at of sure.length > 0 ? sure : likely) {
    if (at - last < 3 || word.length - at < 3) continue;
    text += `${word.slice(last, at)}\u00ad`;
    last = at;
  }
  return text + word.slice(last);
}

/** The parts of one long word. */
function parts(word: string): readonly string[] {
  return word
    .replace(joints, "\u00ad")
    .split("\u00ad")
    .flatMap((part) => {
      if (part.length <= 10) return [part];
      const affixed = part.replace(affixes, "\u00ad");
      return (affixed === part ? syllables(part) : affixed).split("\u00ad");
    });
}

/** Puts soft hyphens into words of more than eleven letters: between their parts, else between syllables. */
export function hyphenable(text: string): string {
  return text.replace(/\p{L}{12,}/gu, (word) => {
    const joined: string[] = [];
    for (const part of parts(word)) {
      const last = joined.length - 1;
      if (last >= 0 && (part.length < 3 || (joined[last] ?? "").length < 3)) joined[last] += part;
      else joined.push(part);
    }
    return joined.join("\u00ad");
  });
}
