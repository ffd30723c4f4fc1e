package board

import (
	"strconv"
	"strings"
)

// A Change is one thing that a committed op did to a board. The verbs are few and general, so that a server
// or browser of an older release can carry out what a newer one decided. As JSON a change is an array that
// begins with its verb.
type Change interface {
	appendTo(dst []byte) []byte
	apply(b *Board, seq Seq, at Time)
}

// Put stores a record: a new one, or in place of the one with its id, whose history of text changes goes
// on. That is how a sealed record becomes public: with the fields it has.
type Put struct{ Record *Record }

// Set changes fields; a field without a value goes back to its default.
type Set struct {
	ID     ID
	Fields []Field
}

// Delete hides a record until it is restored or purged.
type Delete struct{ ID ID }

// Restore brings a deleted record back.
type Restore struct{ ID ID }

// Purge removes a record for good, be it live or deleted.
type Purge struct{ ID ID }

// Text edits a text field.
type Text struct {
	ID    ID
	Field string
	Delta Delta
}

// Append adds integers to the end of a field that lists integers.
type Append struct {
	ID    ID
	Field string
	Ints  []int64
}

// Only wraps a change of a sealed record: it is for that person alone, and for servers.
type Only struct {
	Person ID
	Change Change
}

// Expire forgets a client whose last op is long ago.
type Expire struct{ Client ID }

// NewEpoch begins an epoch: what browsers hold of the one before is not to be trusted.
type NewEpoch struct{ Epoch int64 }

// Unknown is a change of a newer release. It is kept as it is spelled, and stops the board.
type Unknown struct{ Change Value }

func (c Put) appendTo(dst []byte) []byte {
	return append(append(append(dst, `["put",`...), c.Record.text...), ']')
}

func (c Set) appendTo(dst []byte) []byte {
	dst = append(appendMember(dst, `["set",`, string(c.ID)), ',')
	return append(appendFields(dst, c.Fields), ']')
}

func (c Delete) appendTo(dst []byte) []byte {
	return append(appendMember(dst, `["delete",`, string(c.ID)), ']')
}

func (c Restore) appendTo(dst []byte) []byte {
	return append(appendMember(dst, `["restore",`, string(c.ID)), ']')
}

func (c Purge) appendTo(dst []byte) []byte {
	return append(appendMember(dst, `["purge",`, string(c.ID)), ']')
}

func (c Text) appendTo(dst []byte) []byte {
	dst = appendMember(dst, `["text",`, string(c.ID))
	dst = append(appendMember(dst, `,`, c.Field), ',')
	return append(c.Delta.appendTo(dst), ']')
}

func (c Append) appendTo(dst []byte) []byte {
	dst = appendMember(dst, `["append",`, string(c.ID))
	dst = append(appendMember(dst, `,`, c.Field), ',')
	return append(appendInts(dst, c.Ints), ']')
}

func (c Only) appendTo(dst []byte) []byte {
	dst = append(appendMember(dst, `["only",`, string(c.Person)), ',')
	return append(c.Change.appendTo(dst), ']')
}

func (c Expire) appendTo(dst []byte) []byte {
	return append(appendMember(dst, `["client",`, string(c.Client)), ']')
}

func (c NewEpoch) appendTo(dst []byte) []byte {
	return append(strconv.AppendInt(append(dst, `["epoch",`...), c.Epoch, 10), ']')
}

func (c Unknown) appendTo(dst []byte) []byte { return append(dst, c.Change...) }

func appendInts(dst []byte, ints []int64) []byte {
	dst = append(dst, '[')
	for i, n := range ints {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, n, 10)
	}
	return append(dst, ']')
}

// change takes a change. What it returns keeps nothing of the text that was read.
func (r *reader) change() Change {
	start, depth := r.i, r.depth
	r.open('[')
	r.more(']')
	verb := r.str()
	var c Change
	switch verb {
	case "put":
		r.lit(",")
		rec := r.readRecord().own()
		if rec == nil {
			return nil
		}
		c = Put{rec}
	case "set":
		id := r.argID()
		r.lit(",")
		if r.peek() != '{' {
			r.fail("expected fields")
		}
		fs := r.fields()
		for i := range fs {
			fs[i] = Field{r.fieldName(id, fs[i].Name), Value(strings.Clone(string(fs[i].Value)))}
			if fs[i].Value == Null {
				fs[i].Value = ""
			}
		}
		c = Set{id, fs}
	case "delete":
		c = Delete{r.argID()}
	case "restore":
		c = Restore{r.argID()}
	case "purge":
		c = Purge{r.argID()}
	case "text":
		id := r.argID()
		r.lit(",")
		name := r.fieldName(id, r.str())
		r.lit(",")
		c = Text{id, name, r.delta()}
	case "append":
		id := r.argID()
		r.lit(",")
		name := r.fieldName(id, r.str())
		r.lit(",")
		c = Append{id, name, r.ints()}
	case "only":
		person := r.argID()
		r.lit(",")
		if r.depth > maxDepth/2 {
			r.fail("only within only")
		}
		c = Only{person, r.change()}
	case "client":
		c = Expire{r.argID()}
	case "epoch":
		r.lit(",")
		c = NewEpoch{r.int()}
	default:
		for r.more(']') {
			r.value()
		}
		if r.err != nil {
			return nil
		}
		return Unknown{Value(strings.Clone(r.s[start:r.i]))}
	}
	r.lit("]")
	r.depth = depth
	if r.err != nil {
		return nil
	}
	return c
}

func (r *reader) argID() ID {
	r.lit(",")
	id := ID(r.str())
	if r.err == nil && !id.Valid() {
		r.fail("expected an id")
	}
	return ID(strings.Clone(string(id)))
}

// fieldName is the schema's own string for a field's name, or a copy.
func (r *reader) fieldName(id ID, name string) string {
	if k := kinds[id.Kind()]; k != nil {
		if f := k.Field(name); f != nil {
			return f.Name
		}
	}
	return strings.Clone(name)
}

func (r *reader) ints() []int64 {
	var ints []int64
	for r.open('['); r.more(']'); {
		ints = append(ints, r.int())
	}
	return ints
}
