package board

// A form is one walk over the arguments of an op: it reads them out of in, or writes them to out, or
// describes them in specs.
type form struct {
	in    []Field
	room  [12]Field // for in
	taken int
	wrong string

	writing bool
	out     []Field

	describing bool
	specs      []Arg
}

// arg takes the next argument when reading; ok means that there is a value to look at.
func (f *form) arg(name, typ string, optional bool, v func() Value) (_ Value, ok bool) {
	switch {
	case f.describing:
		f.specs = append(f.specs, Arg{name, typ, optional})
		return "", false
	case f.writing:
		if v := v(); v != "" {
			f.out = append(f.out, Field{name, v})
		}
		return "", false
	}
	for i := range f.in {
		if f.in[i].Name == name {
			f.taken++
			return f.in[i].Value, true
		}
	}
	if !optional {
		f.fail(name, "is missing")
	}
	return "", false
}

func (f *form) fail(name, what string) {
	if f.wrong == "" {
		f.wrong = name + " " + what
	}
}

// id is the id of a record or a person.
func (f *form) id(name string, p *ID) {
	v, ok := f.arg(name, "id", false, func() Value { return String(string(*p)) })
	if !ok {
		return
	}
	if *p = ID(v.Str()); !v.isString() || !p.Valid() {
		f.fail(name, "is no id")
	}
}

// ref is an id, or "" for none.
func (f *form) ref(name string, p *ID) {
	v, ok := f.arg(name, "ref", false, func() Value { return String(string(*p)) })
	if !ok {
		return
	}
	if *p = ID(v.Str()); !v.isString() || *p != "" && !p.Valid() {
		f.fail(name, "is no id")
	}
}

// after is the sibling to stand behind: "" = first; nil, left out = last.
func (f *form) after(p **ID) {
	v, ok := f.arg("after", "ref", true, func() Value {
		if *p == nil {
			return ""
		}
		return String(string(**p))
	})
	if !ok {
		return
	}
	id := ID(v.Str())
	if !v.isString() || id != "" && !id.Valid() {
		f.fail("after", "is no id")
	}
	*p = &id
}

// str is a string that may be left out, which is the same as "".
func (f *form) str(name string, p *string) {
	v, ok := f.arg(name, "string", true, func() Value {
		if *p == "" {
			return ""
		}
		return String(*p)
	})
	if ok {
		f.string(name, v, p)
	}
}

// need is a string that may not be left out.
func (f *form) need(name string, p *string) {
	if v, ok := f.arg(name, "string", false, func() Value { return String(*p) }); ok {
		f.string(name, v, p)
	}
}

func (f *form) string(name string, v Value, p *string) {
	if !v.isString() {
		f.fail(name, "is no string")
		return
	}
	*p = v.Str()
}

// maybe is a string that may be left out, which is not the same as "".
func (f *form) maybe(name string, p **string) {
	v, ok := f.arg(name, "string", true, func() Value {
		if *p == nil {
			return ""
		}
		return String(**p)
	})
	if !ok {
		return
	}
	var s string
	f.string(name, v, &s)
	*p = &s
}

// maybeInt is an integer that may be left out, which is not the same as 0.
func (f *form) maybeInt(name string, p **int64) {
	v, ok := f.arg(name, "int", true, func() Value {
		if *p == nil {
			return ""
		}
		return Int(**p)
	})
	if !ok {
		return
	}
	var n int64
	f.integer(name, v, &n)
	*p = &n
}

// int is an integer that may not be left out.
func (f *form) int(name string, p *int64) {
	if v, ok := f.arg(name, "int", false, func() Value { return Int(*p) }); ok {
		f.integer(name, v, p)
	}
}

func (f *form) integer(name string, v Value, p *int64) {
	if !v.isInt() {
		f.fail(name, "is no integer")
		return
	}
	*p = v.Int()
}

// bool is true or false, and may not be left out.
func (f *form) bool(name string, p *bool) {
	v, ok := f.arg(name, "bool", false, func() Value { return Bool(*p) })
	if !ok {
		return
	}
	if !v.isBool() {
		f.fail(name, "is neither true nor false")
	}
	*p = v.Bool()
}

// role is a role that a person can have.
func (f *form) role(name string, p *Role) {
	v, ok := f.arg(name, "role", false, func() Value { return String(string(*p)) })
	if !ok {
		return
	}
	if *p = Role(v.Str()); !p.Valid() {
		f.fail(name, "is no role")
	}
}

// fields is an object of a record's fields; null stands for the default.
func (f *form) fields(name string, p *[]Field, optional bool) {
	v, ok := f.arg(name, "fields", optional, func() Value {
		if *p == nil && optional {
			return ""
		}
		return Value(appendFields(nil, *p))
	})
	if !ok {
		return
	}
	if v[0] != '{' {
		f.fail(name, "is no object")
		return
	}
	*p = v.Fields()
}

// delta is an edit of a text.
func (f *form) delta(name string, p *Delta) {
	v, ok := f.arg(name, "delta", false, func() Value { return p.Value() })
	if !ok {
		return
	}
	r := reader{s: string(v)}
	if *p = r.delta(); r.err != nil {
		f.fail(name, "is no normal delta")
	}
}

// records is a list of whole records.
func (f *form) records(name string, p *[]*Record) {
	v, ok := f.arg(name, "records", false, func() Value {
		dst := []byte{'['}
		for i, rec := range *p {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, rec.text...)
		}
		return Value(append(dst, ']'))
	})
	if !ok {
		return
	}
	r := reader{s: string(v)}
	for r.open('['); r.more(']'); {
		*p = append(*p, r.readRecord().own())
	}
	if r.err != nil {
		f.fail(name, "are no records")
	}
}
