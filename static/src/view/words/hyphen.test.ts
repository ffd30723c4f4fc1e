import assert from "node:assert/strict";
import { test } from "node:test";
import { hyphenable } from "./hyphen.ts";

const shown = (text: string): string => hyphenable(text).replaceAll("\u00ad", "|");

test("long compounds break between their parts, short words stay whole", () => {
  assert.equal(shown("Vergleichsportal"), "Vergleichs|portal");
  assert.equal(shown("Bonitätsprüfung, 40 s"), "Bonitäts|prüfung, 40 s");
  assert.equal(shown("Personalausweis"), "Personal|ausweis");
  assert.equal(shown("Freundschaftsbeziehungen"), "Freund|schafts|beziehun|gen");
  assert.equal(shown("Weiterempfehlen"), "Weiter|empfehlen");
  assert.equal(shown("Zusammenarbeit"), "Zusammen|arbeit");
  assert.equal(shown("Kundenkonto"), "Kundenkonto");
  assert.equal(shown("Empfehlung"), "Empfehlung");
});

/** Words with all the breaks that the spelling allows. */
const spelled = `
  Freund-schafts-be-zie-hun-gen Do-nau-dampf-schiff-fahrt Klein-ge-druck-tes Un-ter-brin-gung Haus-arzt-pra-xis
  Kin-der-arzt-pra-xis Ver-trags-ver-län-ge-rung Kun-den-zu-frie-den-heit Ge-schäfts-füh-rung Ge-schwin-dig-keits-be-gren-zung
  Be-schwer-de-ma-nage-ment Ruf-num-mern-mit-nah-me Rech-nungs-stel-lung Zah-lungs-er-in-ne-rung An-schluss-in-ha-ber
  Ein-zugs-er-mäch-ti-gung Wi-der-rufs-be-leh-rung Da-ten-schutz-er-klä-rung Ein-ver-ständ-nis-er-klä-rung Auf-trags-be-stä-ti-gung
  Lie-fer-schwie-rig-kei-ten Ver-sand-be-stä-ti-gung Te-le-fon-ge-sprä-che War-te-schlei-fe Kun-den-be-treu-er
  Netz-ab-de-ckung Mo-bil-funk-ver-trag Mo-bil-funk-an-bie-ter Grund-ge-bühr Preis-er-hö-hung
  Min-dest-ver-trags-lauf-zeit Kün-di-gungs-be-stä-ti-gung Ver-brau-cher-zen-tra-le Emp-feh-lungs-schrei-ben Per-so-nal-aus-weis-num-mer
  Iden-ti-täts-fest-stel-lung Ge-sichts-er-ken-nung Vi-deo-be-ra-tung Be-treu-ungs-qua-li-tät Ent-schei-dungs-schwie-rig-kei-ten
  Un-ter-neh-mens-be-ra-tung Ver-ein-ba-run-gen Ver-ant-wort-lich-keit Wahr-schein-lich-keit Rück-sen-de-eti-kett
  Ge-brauchs-an-wei-sung In-stal-la-ti-ons-an-lei-tung Schritt-für-schritt Kurz-an-lei-tung Fa-mi-li-en-ta-rif
  Ver-kaufs-ab-tei-lung Öf-fent-lich-keits-ar-beit Ar-beits-un-fä-hig-keit Kran-ken-haus-auf-ent-halt Pfle-ge-ver-si-che-rung
  Steu-er-be-ra-te-rin Au-to-bahn-rast-stät-te Fahr-kar-ten-au-to-mat Bild-schirm-ar-beits-platz Tas-ta-tur-be-die-nung
  Be-nach-rich-ti-gung Schlüs-sel-über-ga-be Woh-nungs-be-sich-ti-gung Miet-ver-trags-un-ter-la-gen Ver-si-che-rungs-neh-mer
  Post-zu-stel-lung Pa-ket-zu-stel-ler Haus-tür-schlüs-sel Sei-ten-ein-gang An-sprech-part-ner
`
  .split(/\s+/)
  .filter(Boolean);

test("no word of sixty breaks where the spelling does not let it", () => {
  assert.ok(spelled.length >= 60);
  let broken = 0;
  for (const word of spelled) {
    const whole = word.replaceAll("-", "");
    const allowed = new Set<number>();
    let letters = 0;
    for (const part of word.split("-")) {
      letters += part.length;
      allowed.add(letters);
    }
    const parts = shown(whole).split("|");
    assert.equal(parts.join(""), whole);
    let at = 0;
    for (const part of parts) {
      assert.ok(part.length > 2, `${shown(whole)}: a part of ${part.length} letters`);
      at += part.length;
      assert.ok(allowed.has(at), `${shown(whole)}, not ${word}`);
    }
    if (parts.length > 1) broken++;
  }
  assert.ok(broken >= 45, `only ${broken} of ${spelled.length} words break at all`);
});
