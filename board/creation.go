package board

import (
	"errors"
	"fmt"
)

// checkCreation checks the records that a board is to begin with: their form, that the links between them
// hold, and that there is one map with a phase, and a step in every phase.
func checkCreation(records []*Record) error {
	if len(records) > Limits.CreateRecords {
		return reject(Limit, "records")
	}
	byID := make(map[ID]*Record, len(records))
	steps := make(map[ID]int)
	maps, phases, size := 0, 0, 0
	for _, r := range records {
		kind := kinds[r.Kind]
		if kind == nil || kind.Remove == (Rule{}) && r.Kind != KindMap {
			return rejectRecord(WrongKind, r.ID, "")
		}
		if !r.ID.Valid() || r.ID.Kind() != r.Kind || r.Only != "" || r.Deleted != nil || byID[r.ID] != nil {
			return rejectRecord(BadOp, r.ID, "")
		}
		byID[r.ID] = r
		size += len(r.text)
		switch r.Kind {
		case KindMap:
			maps++
		case KindPhase:
			phases++
		case KindStep:
			steps[r.Ref("phase")]++
		}
	}
	if size > Limits.CreateBytes {
		return reject(Limit, "bytes")
	}
	if maps != 1 || phases == 0 {
		return reject(BadOp, "a board begins with one map and a phase")
	}
	for _, r := range records {
		if r.Kind == KindPhase && steps[r.ID] == 0 {
			return rejectRecord(Last, r.ID, "")
		}
		if err := checkCreated(r, byID); err != nil {
			return err
		}
	}
	return nil
}

func checkCreated(r *Record, byID map[ID]*Record) error {
	kind := kinds[r.Kind]
	for _, f := range r.fields {
		spec := kind.Field(f.Name)
		if spec == nil || inPassing(f.Name) {
			return rejectRecord(BadOp, r.ID, f.Name)
		}
		if code := spec.check(f.Value); code != "" {
			return rejectRecord(code, r.ID, f.Name)
		}
		if id := ID(f.Value.Str()); spec.Type == TypeRef && id.Kind() != kindPerson && id != "" && byID[id] == nil {
			return rejectRecord(NoParent, r.ID, f.Name)
		}
	}
	if kind.Field("rank") != nil && !r.rank().Valid() {
		return rejectRecord(BadRank, r.ID, "")
	}
	for _, name := range kind.Parent {
		if r.Ref(name) == "" && r.Kind != KindCard {
			return rejectRecord(NoParent, r.ID, name)
		}
	}
	if r.Kind == KindCard && (r.Ref("lane") == "") != (r.Ref("step") == "") {
		return rejectRecord(NoCell, r.ID, "")
	}
	if r.Kind == KindEmotion && r.ID != EmotionID(r.Ref("step"), r.Ref("persona")) {
		return rejectRecord(BadOp, r.ID, "")
	}
	return nil
}

// inPassing are the fields that tell the state of a board, or the activity of a card: no board begins with them.
func inPassing(name string) bool { return name == "trashed" || name == "frozen" || name == "activity" }

// beginning is the record as a board may begin with it, among the others that are there: for everyone, and without what
// names records that are not. It is nil when it belongs to one of those.
func (r *Record) beginning(there map[ID]bool) *Record {
	kind := kinds[r.Kind]
	var gone []Field
	for _, f := range r.fields {
		spec := kind.Field(f.Name)
		if inPassing(f.Name) {
			gone = append(gone, Field{Name: f.Name})
			continue
		}
		if spec == nil || spec.Type != TypeRef {
			continue
		}
		id := ID(f.Value.Str())
		switch {
		case id == "" || id.Kind() == kindPerson || there[id]:
		case contains(kind.Parent, f.Name) || contains(kind.Also, f.Name):
			return nil
		default:
			gone = append(gone, Field{Name: f.Name})
		}
	}
	if len(gone) == 0 && r.Only == "" {
		return r
	}
	public := *r
	public.Only = ""
	return public.set(gone)
}

// ErrRelease says that a file is no board that this release can read.
var ErrRelease = errors.New("not a board, or one of a newer release")

// A RecordError is a record of a file that has not the form of one.
type RecordError struct {
	N   int // 1 = the first of the file
	Err error
}

func (e *RecordError) Error() string { return fmt.Sprintf("read record %d: %v", e.N, e.Err) }

func (e *RecordError) Unwrap() error { return e.Err }

// ReadExport reads the records of a file that [Board.Export] wrote, as any JSON of it, for a [CreateBoard]. The error
// wraps ErrJSON, and ErrRelease where the form is right or is no board's; or it is a [*RecordError]. Whether the records
// make a board is for Decide to say.
func ReadExport(raw []byte) ([]*Record, error) {
	v, err := Canonical(raw)
	if err != nil {
		return nil, err
	}
	if v[0] != '{' {
		return nil, fmt.Errorf("%w: %w", ErrJSON, ErrRelease)
	}
	fields := v.Fields()
	if field(fields, "waymark") != "1" {
		return nil, fmt.Errorf("%w: %w", ErrJSON, ErrRelease)
	}
	for _, f := range fields {
		if f.Name != "board" && f.Name != "records" && f.Name != "waymark" {
			return nil, fmt.Errorf("%w: %w: it has %q", ErrJSON, ErrRelease, f.Name)
		}
	}
	list := field(fields, "records")
	if list == "" || list[0] != '[' {
		return nil, fmt.Errorf("%w: %w: it has no records", ErrJSON, ErrRelease)
	}
	var records []*Record
	r := reader{s: string(list)}
	for r.open('['); r.more(']'); {
		rec := r.readRecord()
		if r.err != nil {
			break
		}
		records = append(records, rec.own())
	}
	if r.end(); r.err != nil {
		return nil, &RecordError{len(records) + 1, r.err}
	}
	return records, nil
}
