package board

// A Role is what a person may do on a board. Each role may do what the ones before it may. The zero Role may
// not even look.
type Role string

// The roles, from the least to the most.
const (
	Nobody      Role = ""
	Viewer      Role = "viewer"      // reads and is seen
	Commenter   Role = "commenter"   // also votes
	Participant Role = "participant" // also adds; edits, moves and deletes what is its own
	Editor      Role = "editor"      // everything on the map and the objects
	Facilitator Role = "facilitator" // also members, invites, activities, ballots, locks of others, freeze, trash
	system      Role = "system"      // the server itself
)

var roleNames = []string{string(Viewer), string(Commenter), string(Participant), string(Editor), string(Facilitator)}

func (r Role) level() int {
	switch r {
	case Viewer:
		return 1
	case Commenter:
		return 2
	case Participant:
		return 3
	case Editor:
		return 4
	case Facilitator:
		return 5
	case system:
		return 6
	}
	return 0
}

// AtLeast reports whether r may do all that other may.
func (r Role) AtLeast(other Role) bool { return r.level() >= other.level() }

// Valid reports whether r is a role that a person can have.
func (r Role) Valid() bool { return r.level() > 0 && r != system }
