package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"waymark/board"
)

// importBoard makes a board of an exported file; a file that is damaged makes none.
func (s *Server) importBoard(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	var in struct {
		ID    board.ID        `json:"id"`
		Board json.RawMessage `json:"board"`
	}
	if err := readBody(c, s.config.Limits.ImportBytes, &in); err != nil {
		switch f := asFailure(err); f.Code {
		case "request":
			return failImport(err, damaged(err))
		case "tooLarge":
			return failSize(c, s.config.Limits.ImportBytes, err)
		}
		return err
	}
	if err := boardID(in.ID); err != nil {
		return err
	}
	records, err := board.ReadExport(in.Board)
	switch {
	case errors.Is(err, board.ErrRelease):
		return failImport(err, importForeign)
	case err != nil:
		return failImport(err, damaged(err))
	}
	err = s.create(c, p, in.ID, records)
	if rejection := (*board.Rejection)(nil); errors.As(err, &rejection) {
		return failImport(err, wordsOf(rejection, records))
	}
	return err
}

// A saying is one thing said in English and in German.
type saying struct{ en, de string }

func failImport(cause error, why saying) error {
	return &Failure{Code: "import", Value: why.en, German: why.de, cause: cause}
}

// failSize reads what is left of a file that is too large: for its size, and because a browser that still sends does not
// take the answer. The server's time for a request bounds it.
func failSize(c echo.Context, limit int, cause error) error {
	rest, _ := io.Copy(io.Discard, c.Request().Body) // what has come counts, whatever ended it
	size := mebibytes(math.Ceil, float64(limit)+float64(rest)+1)
	most := mebibytes(math.Floor, float64(limit))
	return &Failure{
		Code:   "importSize",
		Value:  fmt.Sprintf("it has %s MiB, and this server takes at most %s MiB", size, most),
		German: strings.ReplaceAll(fmt.Sprintf("Sie hat %s MiB, und dieser Server nimmt höchstens %s MiB", size, most), ".", ","),
		cause:  cause,
	}
}

// mebibytes writes a number of bytes in MiB, to the hundredth.
func mebibytes(round func(float64) float64, bytes float64) string {
	return strconv.FormatFloat(round(bytes*100/(1<<20))/100, 'f', -1, 64)
}

var (
	importDamaged = saying{"it is damaged and cannot be read", "sie ist beschädigt und nicht lesbar"}
	importForeign = saying{"it is no export of Waymark, or one of a newer release", "sie ist kein Export von Waymark oder stammt aus einer neueren Version"}
	importNoMap   = saying{"it has to hold one map with a phase", "sie muss genau eine Map mit einer Phase enthalten"}
)

// damages says what of a file cannot be read.
var damages = map[error]saying{
	errNotUTF8: {"its text is not UTF-8", "ihr Text ist kein UTF-8"},
	errHalf:    {"half of a character is missing", "von einem Zeichen fehlt die Hälfte"},
	errNoJSON:  {"it is no JSON, or ends too early", "sie ist kein JSON oder hört zu früh auf"},
	errDeep: {
		fmt.Sprintf("it is nested deeper than %d", maxDepth),
		fmt.Sprintf("sie ist tiefer als %d Ebenen verschachtelt", maxDepth),
	},
}

// damaged says what of a file cannot be read, and where that is known.
func damaged(err error) saying {
	add := func(en, de string) saying { return saying{importDamaged.en + ": " + en, importDamaged.de + ": " + de} }
	var twice doubledError
	var record *board.RecordError
	switch {
	case errors.As(err, &twice):
		return add(fmt.Sprintf("the field “%s” stands in one place twice", short(string(twice))), fmt.Sprintf("das Feld „%s“ steht an einer Stelle doppelt", short(string(twice))))
	case errors.As(err, &record):
		return add(fmt.Sprintf("record number %d has not the form of one", record.N), fmt.Sprintf("Eintrag Nummer %d hat nicht die Form eines Eintrags", record.N))
	}
	for cause, why := range damages {
		if errors.Is(err, cause) {
			return add(why.en, why.de)
		}
	}
	return importDamaged
}

// importFaults says what is wrong with a record; %s is the record, %f the field.
var importFaults = map[board.Code]saying{
	board.NoParent:  {"%s belongs to something that is not in it (field “%f”)", "%s gehört zu etwas, das darin fehlt (Feld „%f“)"},
	board.NoCell:    {"%s has a lane without a step, or a step without a lane", "%s hat eine Ebene ohne Schritt oder einen Schritt ohne Ebene"},
	board.WrongKind: {"%s is of a kind that no board begins with", "%s ist von einer Art, mit der kein Board beginnt"},
	board.Last:      {"%s has no step", "%s hat keinen Schritt"},
	board.BadRank:   {"%s has no place in its order", "%s hat keinen Platz in der Reihenfolge"},
	board.TooLong:   {"%s has a text that is too long (field “%f”)", "%s hat einen zu langen Text (Feld „%f“)"},
	board.Limit: {
		fmt.Sprintf("it has more than %d records or %d MiB, the most that can be imported", board.Limits.CreateRecords, board.Limits.CreateBytes>>20),
		fmt.Sprintf("sie hat mehr als %d Einträge oder %d MiB, und mehr kann nicht importiert werden", board.Limits.CreateRecords, board.Limits.CreateBytes>>20),
	},
}

var (
	importValue   = saying{"%s has a value that is not allowed (field “%f”)", "%s hat einen Wert, der nicht erlaubt ist (Feld „%f“)"}
	importUnknown = saying{"%s has a field that no board begins with (“%f”)", "%s hat ein Feld, mit dem kein Board beginnt („%f“)"}
	importMissing = saying{"%s does not say what it belongs to (field “%f”)", "%s: es fehlt, wozu das gehört (Feld „%f“)"}
	importOther   = saying{"%s names %o in the field “%f”, where it needs %w", "%s: im Feld „%f“ steht %o, und dorthin gehört %w"}
	importTwice   = saying{"%s is there twice", "%s ist doppelt"}
	importID      = saying{"%s has an id or a state that does not fit", "%s hat eine Kennung oder einen Zustand, der nicht passt"}
)

// importKinds are the records that a file can hold.
var importKinds = map[board.Kind]saying{
	board.KindMap:     {"the map", "die Map"},
	board.KindPersona: {"the persona", "die Persona"},
	board.KindPhase:   {"the phase", "die Phase"},
	board.KindStep:    {"the step", "der Schritt"},
	board.KindLane:    {"the lane", "die Ebene"},
	board.KindCard:    {"the card", "die Karte"},
	board.KindMarker:  {"the marker", "die Markierung"},
	board.KindEmotion: {"the emotion", "die Emotion"},
	board.KindMoment:  {"the moment of truth", "der Moment der Wahrheit"},
	board.KindSticky:  {"the sticky", "der Zettel"},
}

// anyOf are the kinds where one is missing.
var anyOf = map[board.Kind]saying{
	board.KindMap:      {"a map", "eine Map"},
	board.KindPersona:  {"a persona", "eine Persona"},
	board.KindPhase:    {"a phase", "eine Phase"},
	board.KindStep:     {"a step", "ein Schritt"},
	board.KindLane:     {"a lane", "eine Ebene"},
	board.KindCard:     {"a card", "eine Karte"},
	board.KindActivity: {"an activity", "eine Aktivität"},
	board.PrefixPerson: {"a person", "eine Person"},
}

// wordsOf says to whoever imports a file what of it cannot be, by the name that the record has on the map.
func wordsOf(r *board.Rejection, records []*board.Record) saying {
	if r.Record == "" && r.Code != board.Limit {
		return importNoMap
	}
	why := faultOf(r, records)
	name, spec := nameOf(r.Record, records), fieldOf(r)
	var other, wanted saying
	if spec != nil {
		other = nameOf(valueOf(r, records), records)
		for i, kind := range spec.Kinds {
			if i > 0 {
				wanted.en, wanted.de = wanted.en+" or ", wanted.de+" oder "
			}
			wanted.en, wanted.de = wanted.en+anyOf[kind].en, wanted.de+anyOf[kind].de
		}
	}
	fill := func(words, name, other, wanted string) string {
		return strings.NewReplacer("%s", name, "%f", short(r.Field), "%o", other, "%w", wanted).Replace(words)
	}
	return saying{fill(why.en, name.en, other.en, wanted.en), fill(why.de, name.de, other.de, wanted.de)}
}

func faultOf(r *board.Rejection, records []*board.Record) saying {
	why, ok := importFaults[r.Code]
	switch {
	case r.Code == board.WrongKind && r.Field != "":
		return importOther
	case r.Code == board.NoParent && valueOf(r, records) == "":
		return importMissing
	case ok:
		return why
	case r.Field != "" && (fieldOf(r) == nil || r.Field == "trashed" || r.Field == "frozen" || r.Field == "activity"):
		return importUnknown
	case r.Field != "":
		return importValue
	}
	seen := 0
	for _, record := range records {
		if record.ID == r.Record {
			seen++
		}
	}
	if seen > 1 {
		return importTwice
	}
	return importID
}

// fieldOf describes the field that is wrong; nil when there is none of that name.
func fieldOf(r *board.Rejection) *board.FieldSpec {
	for _, kind := range board.Kinds() {
		if kind.Kind == r.Record.Kind() {
			return kind.Field(r.Field)
		}
	}
	return nil
}

// valueOf is what the record names in the field that is wrong.
func valueOf(r *board.Rejection, records []*board.Record) board.ID {
	for _, record := range records {
		if record.ID == r.Record {
			return record.Ref(r.Field)
		}
	}
	return ""
}

// longestName is how many letters of a record's text name it.
const longestName = 60

// short is the beginning of a text, in one line.
func short(text string) string {
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) > longestName {
		return string(letters[:longestName]) + "…"
	}
	return string(letters)
}

// unquoted is a text without the quotes that stand round all of it, as round what a customer says: a message sets its own.
func unquoted(text string) string {
	const quotes = "\"„“”«»"
	text = strings.TrimSpace(text)
	_, first := utf8.DecodeRuneInString(text)
	_, last := utf8.DecodeLastRuneInString(text)
	if first+last >= len(text) {
		return text
	}
	inner, around := text[first:len(text)-last], text[:first]+text[len(text)-last:]
	if strings.Trim(around, quotes) != "" || strings.ContainsAny(inner, around) {
		return text
	}
	return inner
}

// nameOf is what a record is called on the map; a lane or marker without a text goes by its type.
func nameOf(id board.ID, records []*board.Record) saying {
	kind, ok := importKinds[id.Kind()]
	if !ok {
		kind = saying{"the record", "der Eintrag"}
	}
	for _, r := range records {
		if r.ID != id {
			continue
		}
		for _, field := range []string{"title", "name", "text", "word", "type"} {
			if text := short(unquoted(r.Str(field))); text != "" {
				return saying{kind.en + " “" + text + "”", kind.de + " „" + text + "“"}
			}
		}
	}
	return saying{fmt.Sprintf("%s %s", kind.en, short(string(id))), fmt.Sprintf("%s %s", kind.de, short(string(id)))}
}
