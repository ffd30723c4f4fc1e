package template

import (
	"bytes"
	"encoding/json"
	"fmt"

	"waymark/board"
)

// fields are what a file says about one record.
type fields map[string]board.Value

// UnmarshalJSON takes an object of strings, integers and booleans.
func (f *fields) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil {
		return err
	}
	*f = make(fields, len(members))
	for name, v := range members {
		switch v := v.(type) {
		case string:
			(*f)[name] = board.String(v)
		case bool:
			(*f)[name] = board.Bool(v)
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return fmt.Errorf("%s: %s is no integer", name, v)
			}
			(*f)[name] = board.Int(n)
		default:
			return fmt.Errorf("%s is no string, integer or boolean", name)
		}
	}
	return nil
}

func (f fields) without(name string) fields {
	rest := make(fields, len(f))
	for n, v := range f {
		if n != name {
			rest[n] = v
		}
	}
	return rest
}

// of joins what the file says about a record of this kind and what follows from the place where it says so,
// without what are defaults anyway.
func (f fields) of(kind board.Kind, own []board.Field) ([]board.Field, error) {
	list := make([]board.Field, 0, len(f)+len(own))
	for name, v := range f {
		spec := specs[kind][name]
		if spec == nil || !sayable(spec.Type) {
			return nil, fmt.Errorf("a %s has no field %q to fill in", kind, name)
		}
		if v != spec.Default {
			list = append(list, board.Field{Name: name, Value: v})
		}
	}
	for _, o := range own {
		if _, ok := f[o.Name]; ok {
			return nil, fmt.Errorf("the %q of a %s follows from its place", o.Name, kind)
		}
		if o.Value != specs[kind][o.Name].Default {
			list = append(list, o)
		}
	}
	return list, nil
}

// sayable reports whether a file may fill in fields of this type; the others name other records.
func sayable(t board.FieldType) bool {
	switch t {
	case board.TypeText, board.TypeWord, board.TypeInt, board.TypeBool, board.TypeEnum:
		return true
	}
	return false
}

var specs = func() map[board.Kind]map[string]*board.FieldSpec {
	kinds := board.Kinds()
	all := make(map[board.Kind]map[string]*board.FieldSpec, len(kinds))
	for _, k := range kinds {
		all[k.Kind] = make(map[string]*board.FieldSpec, len(k.Fields))
		for i := range k.Fields {
			all[k.Kind][k.Fields[i].Name] = &k.Fields[i]
		}
	}
	return all
}()

// A card is an object, or only its text.
type card struct{ fields }

// UnmarshalJSON takes a string for the text alone.
func (c *card) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		c.fields = fields{"text": board.String(s)}
		return nil
	}
	return c.fields.UnmarshalJSON(raw)
}

func ref(name string, id board.ID) board.Field {
	return board.Field{Name: name, Value: board.String(string(id))}
}

func rank(r board.Rank) board.Field {
	return board.Field{Name: "rank", Value: board.String(string(r))}
}

func text(name, s string) board.Field {
	return board.Field{Name: name, Value: board.String(s)}
}
