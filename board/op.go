package board

import "fmt"

// An Op is what a participant asks for, as data. It brings the ids of what it makes, so that deciding it
// again gives the same answer. As JSON it is an object with its type and its arguments.
type Op interface {
	// Type is the op's name in JSON.
	Type() string
	// args visits the op's arguments: one walk reads them, writes them and describes them.
	args(f *form)
	// decide checks everything and then says what changes.
	decide(d *decision) error
}

// ops is the registry: every op, and who may ask for it. Rules that hang on the record's kind stand in the
// schema; there Nobody stands for them.
var ops = []struct {
	make func() Op
	rule Rule
	on   scope
}{
	{func() Op { return new(AddRecord) }, byKind, onContent},
	{func() Op { return new(AddPhase) }, all(Editor), onContent},
	{func() Op { return new(MovePhase) }, all(Editor), onContent},
	{func() Op { return new(AddStep) }, all(Editor), onContent},
	{func() Op { return new(MoveStep) }, all(Editor), onContent},
	{func() Op { return new(MoveLane) }, all(Editor), onContent},
	{func() Op { return new(MovePersona) }, all(Editor), onContent},
	{func() Op { return new(AddCard) }, all(Participant), onContent},
	{func() Op { return new(MoveCard) }, byKind, onContent},
	{func() Op { return new(SetEmotion) }, all(Participant), onContent},
	{func() Op { return new(SetFields) }, byKind, onContent},
	{func() Op { return new(EditText) }, byKind, onContent},
	{func() Op { return new(DeleteRecord) }, byKind, onContent},
	{func() Op { return new(RestoreRecord) }, byKind, onContent},
	{func() Op { return new(LockRecord) }, byKind, onContent},
	{func() Op { return new(UnlockRecord) }, all(Participant), onContent},
	{func() Op { return new(SetMember) }, all(Facilitator), onPeople},
	{func() Op { return new(RemoveMember) }, Rule{Own: Viewer, Other: Facilitator}, onPeople},
	{func() Op { return new(Join) }, all(system), onPeople},
	{func() Op { return new(Adopt) }, all(system), onBoard},
	{func() Op { return new(AddInvite) }, all(system), onPeople},
	{func() Op { return new(RenewInvite) }, all(system), onPeople},
	{func() Op { return new(CloseInvite) }, all(Facilitator), onPeople},
	{func() Op { return new(TrashBoard) }, all(Facilitator), onBoard},
	{func() Op { return new(UntrashBoard) }, all(Facilitator), onBoard},
	{func() Op { return new(FreezeBoard) }, all(Facilitator), onPeople},
	{func() Op { return new(OpenActivity) }, all(Facilitator), onPeople},
	{func() Op { return new(CloseActivity) }, all(Facilitator), onPeople},
	{func() Op { return new(OpenBallot) }, all(Facilitator), onPeople},
	{func() Op { return new(CastVote) }, all(Commenter), onPeople},
	{func() Op { return new(CloseBallot) }, all(Facilitator), onPeople},
	{func() Op { return new(CreateBoard) }, all(system), onBoard},
	{func() Op { return new(ExpireClients) }, all(system), onBoard},
}

// byKind stands for the rule that the schema gives for the record's kind.
var byKind = Rule{}

// A scope says what an op touches, and so what stops it.
type scope uint8

const (
	onContent scope = iota // map and objects: stopped by a freeze and by the trash
	onPeople               // who may do what, and how people work: stopped by the trash
	onBoard                // the board as a whole: each op sees to itself
)

var scopeNames = [...]string{onContent: "content", onPeople: "people", onBoard: "board"}

var opTypes = func() map[string]int {
	m := make(map[string]int, len(ops))
	for i := range ops {
		m[ops[i].make().Type()] = i
	}
	return m
}()

// ParseOp reads an op as a browser sends it. The error is a *Rejection with the code badOp.
func ParseOp(raw []byte) (Op, error) {
	if len(raw) > Limits.OpBytes {
		return nil, reject(BadOp, fmt.Sprintf("an op of %d bytes", len(raw)))
	}
	v, err := Canonical(raw)
	if err != nil {
		return nil, reject(BadOp, err.Error())
	}
	if v[0] != '{' {
		return nil, reject(BadOp, "not an object")
	}
	var f form
	r := reader{s: string(v)}
	f.in = r.members(f.room[:0])
	i, ok := opTypes[field(f.in, "type").Str()]
	if !ok {
		return nil, reject(BadOp, "no such type")
	}
	f.taken = 1
	op := ops[i].make()
	if op.args(&f); f.wrong != "" {
		return nil, reject(BadOp, op.Type()+": "+f.wrong)
	}
	if f.taken != len(f.in) {
		return nil, reject(BadOp, op.Type()+": an argument that it does not have")
	}
	return op, nil
}

// AppendOp writes an op canonically.
func AppendOp(dst []byte, op Op) []byte {
	f := form{writing: true, out: []Field{{"type", String(op.Type())}}}
	op.args(&f)
	sortFields(f.out)
	return appendFields(dst, f.out)
}

// An Arg describes an argument of an op, for those who write ops in another language.
type Arg struct {
	Name     string
	Type     string // id, ref ("" = none), string, int, bool, role, fields, delta, records
	Optional bool
}

// An OpSpec describes an op.
type OpSpec struct {
	Type   string
	Args   []Arg
	Rule   Rule   // Nobody = as the schema says for the record's kind
	On     string // what it touches: content, people or board
	Server bool   // only the server itself may ask for it
}

// Ops lists the ops of this release.
func Ops() []OpSpec {
	specs := make([]OpSpec, 0, len(ops))
	for i := range ops {
		op := ops[i].make()
		var f form
		f.describing = true
		op.args(&f)
		specs = append(specs, OpSpec{op.Type(), f.specs, ops[i].rule, scopeNames[ops[i].on], ops[i].rule.Own == system})
	}
	return specs
}
