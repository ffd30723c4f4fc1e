package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

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
		if f := asFailure(err); f.Code == "request" {
			return failImport(err, importDamaged)
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
		return failImport(err, importDamaged)
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

var (
	importDamaged = saying{"it is damaged and cannot be read", "sie ist beschädigt und nicht lesbar"}
	importForeign = saying{"it is no export of Waymark, or one of a newer release", "sie ist kein Export von Waymark oder stammt aus einer neueren Version"}
	importNoMap   = saying{"it has to hold one map with a phase", "sie muss genau eine Map mit einer Phase enthalten"}
)

// importFaults says what is wrong with a record; %s is the record, %f the field.
var importFaults = map[board.Code]saying{
	board.NoParent:  {"%s belongs to something that is not in it", "%s gehört zu etwas, das darin fehlt"},
	board.NoCell:    {"%s has a lane without a step, or a step without a lane", "%s hat eine Ebene ohne Schritt oder einen Schritt ohne Ebene"},
	board.WrongKind: {"%s is of a kind that no board begins with", "%s ist von einer Art, mit der kein Board beginnt"},
	board.Last:      {"%s has no step", "%s hat keinen Schritt"},
	board.BadRank:   {"%s has no place in its order", "%s hat keinen Platz in der Reihenfolge"},
	board.TooLong:   {"%s has a text that is too long (%f)", "%s hat einen zu langen Text (%f)"},
	board.Limit: {
		fmt.Sprintf("it has more than %d records or %d MiB, the most that can be imported", board.Limits.CreateRecords, board.Limits.CreateBytes>>20),
		fmt.Sprintf("sie hat mehr als %d Einträge oder %d MiB, und mehr kann nicht importiert werden", board.Limits.CreateRecords, board.Limits.CreateBytes>>20),
	},
}

var importValue = saying{"%s has a value that is not allowed (%f)", "%s hat einen Wert, der nicht erlaubt ist (%f)"}

var importID = saying{"%s is there twice, or its id does not fit", "%s ist doppelt, oder die Kennung passt nicht"}

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

// wordsOf says to whoever imports a file what of it cannot be, by the name that the record has on the map.
func wordsOf(r *board.Rejection, records []*board.Record) saying {
	why, ok := importFaults[r.Code]
	switch {
	case r.Record == "" && !ok:
		return importNoMap
	case !ok && r.Field != "":
		why = importValue
	case !ok:
		why = importID
	}
	name := nameOf(r.Record, records)
	fill := func(words, name string) string {
		return strings.NewReplacer("%s", name, "%f", r.Field).Replace(words)
	}
	return saying{fill(why.en, name.en), fill(why.de, name.de)}
}

// longestName is how many letters of a record's text name it.
const longestName = 60

func nameOf(id board.ID, records []*board.Record) saying {
	kind, ok := importKinds[id.Kind()]
	if !ok {
		kind = saying{"the record", "der Eintrag"}
	}
	for _, r := range records {
		if r.ID != id {
			continue
		}
		for _, field := range []string{"title", "name", "text", "word"} {
			if text := []rune(strings.Join(strings.Fields(r.Str(field)), " ")); len(text) > longestName {
				return saying{kind.en + " “" + string(text[:longestName]) + "…”", kind.de + " „" + string(text[:longestName]) + "…“"}
			} else if len(text) > 0 {
				return saying{kind.en + " “" + string(text) + "”", kind.de + " „" + string(text) + "“"}
			}
		}
	}
	return saying{fmt.Sprintf("%s %s", kind.en, id), fmt.Sprintf("%s %s", kind.de, id)}
}
