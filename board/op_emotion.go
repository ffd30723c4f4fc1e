package board

// SetEmotion says what a persona feels in a step. What is left out stays; the words are taken where there are
// none yet, and edited as text otherwise.
type SetEmotion struct {
	Step    ID
	Persona ID
	Value   *int64
	Word    string
	Because string
	Tier    *string
}

// Type is "setEmotion".
func (op *SetEmotion) Type() string { return "setEmotion" }

func (op *SetEmotion) args(f *form) {
	f.id("step", &op.Step)
	f.id("persona", &op.Persona)
	f.maybeInt("value", &op.Value)
	f.str("word", &op.Word)
	f.str("because", &op.Because)
	f.maybe("tier", &op.Tier)
}

func (op *SetEmotion) decide(d *decision) error {
	if op.Step.Kind() != KindStep || op.Persona.Kind() != KindPersona {
		return reject(WrongKind, string(op.Step)+" "+string(op.Persona))
	}
	if err := d.emotionPlace(op.Step, op.Persona); err != nil {
		return err
	}
	id := EmotionID(op.Step, op.Persona)
	kind := kinds[KindEmotion]
	var fields []Field
	if op.Value != nil {
		fields = append(fields, Field{"value", Int(*op.Value)})
	}
	if op.Tier != nil {
		fields = append(fields, Field{"tier", String(*op.Tier)})
	}
	words := []Field{{"because", String(op.Because)}, {"word", String(op.Word)}}
	if err := d.checkFields(kind, append(words, fields...), AtStart); err != nil {
		return err
	}
	r, ok := d.b.Record(id)
	if !ok {
		fields = append(fields, words...)
		d.put(id, "", append(fields, Field{"persona", String(string(op.Persona))}, Field{"step", String(string(op.Step))}))
		return nil
	}
	if d.lockedByOther(id) {
		return reject(Locked, string(id))
	}
	if r.Deleted != nil {
		d.restore(id)
	}
	d.set(r, fields...)
	for _, w := range words {
		if text := w.Value.Str(); text != "" && r.Str(w.Name) == "" {
			if err := d.edit(r, kind.Field(w.Name), Delta{{Insert: text}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// emotionPlace refuses an emotion whose step or persona is gone.
func (d *decision) emotionPlace(step, persona ID) error {
	if _, err := d.parent(step, KindStep); err != nil {
		return err
	}
	_, err := d.parent(persona, KindPersona)
	return err
}
