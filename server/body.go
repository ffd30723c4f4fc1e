package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

const (
	maxBody  = 64 << 10
	maxDepth = 16
)

// readBody reads one JSON object of at most limit bytes into to. It refuses unknown and doubled fields, text that is
// not UTF-8, and bytes behind the object.
func readBody(c echo.Context, limit int, to any) error {
	r := c.Request()
	if media, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || media != "application/json" {
		return failValue("request", "want Content-Type application/json")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, int64(limit)))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return fmt.Errorf("read body: %w", err)
		}
		return &Failure{Code: "request", Value: "it ended before its end", cause: err} // whoever sent it went away
	}
	if err := decodeStrict(data, to); err != nil {
		return &Failure{Code: "request", Value: err.Error(), cause: err}
	}
	return nil
}

// What can be wrong with a body whatever it is about.
var (
	errNotUTF8 = errors.New("it is not UTF-8")
	errHalf    = errors.New("half a character is escaped in it")
	errNoJSON  = errors.New("it is no JSON")
	errDeep    = fmt.Errorf("it is nested deeper than %d", maxDepth)
)

// A doubledError is the name of a field that stands twice in one object.
type doubledError string

func (d doubledError) Error() string { return fmt.Sprintf("field %q is there twice", string(d)) }

func decodeStrict(data []byte, to any) error {
	if !utf8.Valid(data) {
		return errNotUTF8
	}
	if err := checkNames(data, namesOf(to)); err != nil {
		return err
	}
	if hasLoneSurrogate(data) {
		return errHalf
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return fmt.Errorf("field %q has the wrong type", wrongType.Field)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) { // the names of what is there were good
			return errNoJSON
		}
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the object")
	}
	return nil
}

// namesOf are the names that a struct's fields have in JSON; nil for anything else.
func namesOf(to any) map[string]bool {
	t := reflect.TypeOf(to)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	names := map[string]bool{}
	for f := range t.Elem().NumField() {
		names[t.Elem().Field(f).Tag.Get("json")] = true
	}
	return names
}

// hasLoneSurrogate reports whether an escape in this JSON is half of a pair, which encoding/json would replace.
func hasLoneSurrogate(data []byte) bool {
	for i := bytes.IndexByte(data, '\\'); i >= 0 && i < len(data); {
		if size := 2; data[i+1] != 'u' {
			i += size
		} else if r := escaped(data[i:]); !utf16.IsSurrogate(r) {
			i += 6
		} else if utf16.DecodeRune(r, escaped(data[i+6:])) == unicode.ReplacementChar {
			return true
		} else {
			i += 12
		}
		next := bytes.IndexByte(data[i:], '\\')
		if next < 0 {
			return false
		}
		i += next
	}
	return false
}

// escaped reads \uXXXX at the start of data; 0 when it is not there.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

// checkNames walks the tokens, because encoding/json takes the last of two fields with one name, and one that is spelled
// with other capitals. With known names it must be an object that has no others.
func checkNames(data []byte, known map[string]bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	type level struct {
		names  map[string]bool // nil in an array
		isName bool
	}
	var stack []*level
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errNoJSON
		}
		var top *level
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		} else if known != nil && t != json.Delim('{') {
			return errors.New("it is no object")
		}
		if name, ok := t.(string); ok && top != nil && top.isName {
			if top.names[name] {
				return doubledError(name)
			}
			if len(stack) == 1 && known != nil && !known[name] {
				return fmt.Errorf("unknown field %q", name)
			}
			top.names[name], top.isName = true, false
			continue
		}
		switch t {
		case json.Delim('{'):
			stack = append(stack, &level{names: map[string]bool{}, isName: true})
		case json.Delim('['):
			stack = append(stack, &level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
			top = nil
			if len(stack) > 0 {
				top = stack[len(stack)-1]
			}
		}
		if len(stack) > maxDepth {
			return errDeep
		}
		if top != nil && top.names != nil && t != json.Delim('{') && t != json.Delim('[') {
			top.isName = true
		}
	}
}

// line trims a one-line text and checks that it has low to high code points and no control characters, and that
// something of it can be seen unless it is empty.
func line(field string, s *string, low, high int) error {
	*s = strings.TrimSpace(*s)
	n := utf8.RuneCountInString(*s)
	if n < low || n > high || strings.ContainsFunc(*s, unicode.IsControl) || n > 0 && !strings.ContainsFunc(*s, isVisible) {
		return failField(field)
	}
	return nil
}

// isVisible reports whether a character leaves ink of its own. Some letters do not, such as the Hangul fillers, nor does
// the empty cell of Braille.
func isVisible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != '\u2800'
}

// fieldWords are what a person would call a field; of the others their name stands in the message.
var fieldWords = map[string]saying{
	"color":      {"colour", "Farbe"},
	"department": {"department", "Abteilung"},
	"expiresIn":  {"expiry", "Gültigkeit"},
	"id":         {"id", "Kennung"},
	"label":      {"label", "Bezeichnung"},
	"lang":       {"language", "Sprache"},
	"login":      {"login", "Anmeldename"},
	"max":        {"number of people", "Anzahl der Leute"},
	"name":       {"name", "Name"},
	"passcode":   {"passcode", "Kennwort"},
	"password":   {"password", "Passwort"},
	"person":     {"person", "Person"},
	"role":       {"role", "Rolle"},
	"title":      {"title", "Titel"},
}

// failField refuses what was sent in a field.
func failField(name string) error {
	words, ok := fieldWords[name]
	if !ok {
		words = saying{name, name}
	}
	return &Failure{Code: "field", Value: words.en, German: words.de, cause: errors.New(name)}
}

func language(lang *string) error {
	if *lang != "de" && *lang != "en" {
		return failField("lang")
	}
	return nil
}
