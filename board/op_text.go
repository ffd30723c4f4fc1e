package board

import "unicode/utf8"

// EditText edits a text field. The writer made the edit on the text as of the entry Base; what was typed
// since is taken into account.
type EditText struct {
	ID    ID
	Field string
	Base  Seq
	Delta Delta
}

// Type is "text".
func (op *EditText) Type() string { return "text" }

func (op *EditText) args(f *form) {
	f.id("id", &op.ID)
	f.need("field", &op.Field)
	base := int64(op.Base)
	f.int("base", &base)
	op.Base = Seq(base)
	f.delta("delta", &op.Delta)
}

func (op *EditText) decide(d *decision) error {
	r, kind, err := d.editable(op.ID, editRule)
	if err != nil {
		return err
	}
	spec := kind.Field(op.Field)
	if spec == nil || spec.Type != TypeText || spec.Writer == ByDecide {
		return reject(BadOp, string(kind.Kind)+" has no text "+op.Field)
	}
	if !d.role.AtLeast(spec.Role) {
		return reject(NoRole, string(kind.Kind)+" field "+op.Field)
	}
	if r.Kind == KindEmotion { // as its value: a gesture sets both, or neither
		if err := d.emotionPlace(ID(r.Str("step")), ID(r.Str("persona"))); err != nil {
			return err
		}
	}
	if op.Base < 0 || !op.Delta.Normal() {
		return reject(BadOp, "base or delta")
	}
	delta, err := d.b.rebase(textField{r.ID, spec.Name}, op.Base, op.Delta)
	if err != nil {
		return err
	}
	return d.edit(r, spec, delta)
}

// edit changes a text field by a delta on the text that it has now.
func (d *decision) edit(r *Record, spec *FieldSpec, delta Delta) error {
	kept, added, left, bytes := 0, 0, 0, 0
	for _, p := range delta {
		switch {
		case p.N > 0:
			kept += p.N
		case p.N < 0:
			left -= p.N
		default:
			if hasControls(p.Insert, spec.Line) {
				return reject(BadOp, "a control character")
			}
			added += utf8.RuneCountInString(p.Insert)
			bytes += len(p.Insert)
		}
	}
	length := field(r.fields, spec.Name).length()
	if kept+left > length {
		return reject(BadOp, "an edit beyond the end")
	}
	if added > left && length+added-left > spec.Limit {
		return reject(TooLong, string(r.ID))
	}
	if len(delta) == 0 {
		return nil
	}
	if r.Only != "" && d.sealedBytes(r.Ref("activity"))+bytes > Limits.SealedBytes {
		return reject(Limit, "sealed text of the activity")
	}
	d.grown += bytes
	d.out = append(d.out, Text{r.ID, spec.Name, delta})
	return nil
}
