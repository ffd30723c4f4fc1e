package board

// A Code says why an op was refused. It goes into the log and to the op's author, whose browser has a
// sentence for it.
type Code string

// The codes.
const (
	BadOp           Code = "badOp"           // not an op, or with values that its kind cannot have
	Gone            Code = "gone"            // the record is deleted, was never there, or is not for this person to see
	NoCell          Code = "noCell"          // the lane or the step is gone
	NoParent        Code = "noParent"        // what it belongs to is gone
	WrongKind       Code = "wrongKind"       // not with records of this kind
	TooLong         Code = "tooLong"         // the text
	Limit           Code = "limit"           // the board, or what one op may do, is at its limit
	NoRole          Code = "role"            // this person may not do that here
	Locked          Code = "locked"          // somebody else holds the lock
	Frozen          Code = "frozen"          // only facilitators edit now
	Trashed         Code = "trashed"         // the board is in the trash
	Last            Code = "last"            // a map keeps a phase, a phase keeps a step
	LastFacilitator Code = "lastFacilitator" // a board keeps a facilitator
	OverCap         Code = "cap"             // more votes than the ballot gives
	Closed          Code = "closed"          // the activity, the ballot or the invite is closed
	BadBase         Code = "base"            // the text's base is too old to transform from
	BadRank         Code = "rank"            // not a key, or none fits
	Fault           Code = "fault"           // deciding it failed inside
)

// Codes lists every code.
var Codes = []Code{
	BadOp, Gone, NoCell, NoParent, WrongKind, TooLong, Limit, NoRole, Locked, Frozen, Trashed, Last,
	LastFacilitator, OverCap, Closed, BadBase, BadRank, Fault,
}

// A Rejection is an op that is refused. It changes nothing.
type Rejection struct {
	Code   Code
	Detail string // for the operator: ids and numbers, never text of a card; may be empty
	// Record and Field say what of a board that is being created is wrong, as far as it is one record.
	Record ID
	Field  string
}

func (r *Rejection) Error() string {
	if r.Detail == "" {
		return "refused: " + string(r.Code)
	}
	return "refused: " + string(r.Code) + ": " + r.Detail
}

func reject(code Code, detail string) error { return &Rejection{Code: code, Detail: detail} }

// rejectRecord names the record that is wrong, and the field where it is one.
func rejectRecord(code Code, id ID, field string) error {
	r := &Rejection{Code: code, Detail: string(id), Record: id, Field: field}
	if field != "" {
		r.Detail += " field " + field
	}
	return r
}
