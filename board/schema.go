package board

//go:generate go run ./schemagen -out ../static/src/board/schema.gen.ts

// The kinds of this release.
const (
	KindMap      Kind = "map"
	KindPersona  Kind = "persona"
	KindPhase    Kind = "phase"
	KindStep     Kind = "step"
	KindLane     Kind = "lane"
	KindCard     Kind = "card"
	KindMarker   Kind = "marker"
	KindEmotion  Kind = "emotion"
	KindMoment   Kind = "moment"
	KindSticky   Kind = "sticky"
	KindMember   Kind = "member"
	KindAdoption Kind = "adoption"
	KindInvite   Kind = "invite"
	KindLock     Kind = "lock"
	KindActivity Kind = "activity"
	KindBallot   Kind = "ballot"
	KindVote     Kind = "vote"
)

const kindPerson Kind = PrefixPerson

const (
	textLimit = 10_000     // code points of the longest texts
	farAway   = 10_000_000 // the largest coordinate, in 1/10 px
)

var (
	colors    = []string{"sun", "apricot", "rose", "lilac", "sky", "lagoon", "leaf", "stone"}
	anyColor  = append([]string{""}, colors...)
	tiers     = []string{"", "assumption", "reasoned", "validated"}
	laneTypes = []string{
		"custom", "actions", "touchpoints", "channels", "objects", "people", "thoughts", "quotes", "emotions", "needs",
		"goals", "pains", "gains", "opportunities", "departments", "offers", "systems", "kpis", "insights", "images",
		"text", "frontstage", "backstage", "support", "separator",
	}
)

// table is the one description of what a board can hold. A new kind is a row here, a file with its ops, a
// TypeScript file and golden cases; the TypeScript types are generated from it.
//
// Defaults must never change, and fields never change their type: a field that has its default is not
// stored.
var table = []KindSpec{
	{
		Kind: KindMap, Edit: all(Editor),
		Fields: []FieldSpec{
			{Name: "frozen", Type: TypeBool, Writer: ByDecide},
			{Name: "goal", Type: TypeText, Limit: 2000},
			{Name: "lang", Type: TypeEnum, Values: []string{"de", "en"}},
			{Name: "scenario", Type: TypeText, Limit: 2000},
			{Name: "state", Type: TypeEnum, Values: []string{"current", "future", "ideal"}},
			{Name: "title", Type: TypeText, Limit: 200, Line: true, Role: Facilitator},
			{Name: "trashed", Type: TypeBool, Writer: ByDecide},
		},
	},
	{
		Kind: KindPersona, Parent: []string{"map"}, Add: Editor, Edit: all(Editor), Remove: all(Editor),
		Fields: []FieldSpec{
			{Name: "abilities", Type: TypeText, Limit: 2000},
			{Name: "about", Type: TypeText, Limit: 120, Line: true}, // "commuter, two children"
			{Name: "age", Type: TypeInt, Max: 150},                  // 0 = not told
			{Name: "color", Type: TypeEnum, Values: colors},
			{Name: "demographics", Type: TypeText, Limit: 2000},
			{Name: "map", Type: TypeRef, Kinds: []Kind{KindMap}, Writer: AtStart},
			{Name: "motivations", Type: TypeText, Limit: 2000},
			{Name: "name", Type: TypeText, Limit: 80, Line: true},
			{Name: "obligations", Type: TypeText, Limit: 2000},
			{Name: "problems", Type: TypeText, Limit: 2000},
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "situation", Type: TypeText, Limit: 2000},
			{Name: "values", Type: TypeText, Limit: 2000},
			{Name: "wishes", Type: TypeText, Limit: 2000},
		},
	},
	{
		Kind: KindPhase, Parent: []string{"map"}, Edit: all(Editor), Remove: all(Editor),
		Fields: []FieldSpec{
			{Name: "map", Type: TypeRef, Kinds: []Kind{KindMap}, Writer: AtStart},
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "title", Type: TypeText, Limit: 200, Line: true},
		},
	},
	{
		Kind: KindStep, Parent: []string{"phase"}, Edit: all(Editor), Remove: all(Editor),
		Fields: []FieldSpec{
			{Name: "phase", Type: TypeRef, Kinds: []Kind{KindPhase}, Writer: AtStart},
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "title", Type: TypeText, Limit: 200, Line: true},
		},
	},
	{
		Kind: KindLane, Parent: []string{"map"}, Add: Editor, Edit: all(Editor), Remove: all(Editor),
		Fields: []FieldSpec{
			{Name: "hidden", Type: TypeBool},
			{Name: "map", Type: TypeRef, Kinds: []Kind{KindMap}, Writer: AtStart},
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "title", Type: TypeText, Limit: 80, Line: true}, // "" = the type's name in the reader's language
			{Name: "type", Type: TypeEnum, Values: laneTypes},
		},
	},
	{
		Kind: KindCard, Parent: []string{"lane", "step"}, Also: []string{"activity"},
		Edit: Rule{Own: Participant, Other: Editor}, Remove: Rule{Own: Participant, Other: Editor},
		Fields: []FieldSpec{
			{Name: "activity", Type: TypeRef, Kinds: []Kind{KindActivity}, Writer: AtStart},
			{Name: "color", Type: TypeEnum, Values: anyColor},
			{Name: "from", Type: TypePlace, Writer: ByDecide}, // the cell it lost when that was deleted
			{Name: "hue", Type: TypeInt, Max: 10},             // a department's colour
			{Name: "icon", Type: TypeWord, Limit: 32},
			{Name: "lane", Type: TypeRef, Kinds: []Kind{KindLane}, Writer: ByDecide}, // lane and step "" = in the tray
			{Name: "metric", Type: TypeText, Limit: 60, Line: true},
			{Name: "now", Type: TypeInt, Min: -MaxInt, Max: MaxInt}, // in hundredths of the unit
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "severity", Type: TypeInt, Max: 3},
			{Name: "span", Type: TypeInt, Min: 1, Max: 60}, // steps it covers
			{Name: "step", Type: TypeRef, Kinds: []Kind{KindStep}, Writer: ByDecide},
			{Name: "target", Type: TypeInt, Min: -MaxInt, Max: MaxInt}, // in hundredths of the unit
			{Name: "text", Type: TypeText, Limit: textLimit},
			{Name: "tier", Type: TypeEnum, Values: tiers},
			{Name: "unit", Type: TypeWord, Limit: 8},
		},
	},
	{
		Kind: KindMarker, Parent: []string{"step"}, Add: Participant,
		Edit: Rule{Own: Participant, Other: Editor}, Remove: Rule{Own: Participant, Other: Editor},
		Fields: []FieldSpec{
			{Name: "edge", Type: TypeEnum, Values: []string{"on", "after"}},
			{Name: "lane", Type: TypeRef, Kinds: []Kind{KindLane}}, // "" = the whole step
			{Name: "step", Type: TypeRef, Kinds: []Kind{KindStep}, Writer: AtStart},
			{Name: "text", Type: TypeText, Limit: 500},
			{Name: "type", Type: TypeEnum, Values: []string{"gap", "break", "bottleneck", "trigger", "event"}},
		},
	},
	{
		Kind: KindEmotion, Parent: []string{"step"}, Also: []string{"persona"},
		Edit: all(Participant), Remove: all(Participant),
		Fields: []FieldSpec{
			{Name: "because", Type: TypeText, Limit: 500},
			{Name: "persona", Type: TypeRef, Kinds: []Kind{KindPersona}, Writer: AtStart},
			{Name: "step", Type: TypeRef, Kinds: []Kind{KindStep}, Writer: AtStart},
			{Name: "tier", Type: TypeEnum, Values: tiers},
			{Name: "value", Type: TypeInt, Min: -300, Max: 300}, // hundredths
			{Name: "word", Type: TypeText, Limit: 40, Line: true},
		},
	},
	{
		Kind: KindMoment, Parent: []string{"target"}, Add: Participant,
		Edit: Rule{Own: Participant, Other: Editor}, Remove: Rule{Own: Participant, Other: Editor},
		Fields: []FieldSpec{
			{Name: "decision", Type: TypeText, Limit: 2000},
			{Name: "due", Type: TypeInt, Max: MaxInt}, // a Time; 0 = none
			{Name: "evidence", Type: TypeText, Limit: 5000},
			{Name: "importance", Type: TypeInt, Max: 3},
			{Name: "owner", Type: TypeRef, Kinds: []Kind{kindPerson}},
			{Name: "polarity", Type: TypeEnum, Values: []string{"negative", "positive"}},
			{Name: "state", Type: TypeEnum, Values: []string{"open", "decided", "done"}},
			{Name: "target", Type: TypeRef, Kinds: []Kind{KindStep, KindCard}, Writer: AtStart},
			{Name: "title", Type: TypeText, Limit: 200, Line: true},
		},
	},
	{
		Kind: KindSticky, Add: Participant,
		Edit: Rule{Own: Participant, Other: Editor}, Remove: Rule{Own: Participant, Other: Editor},
		Fields: []FieldSpec{
			{Name: "anchor", Type: TypeEnum, Values: []string{"map", "right", "below"}}, // the edge x and y count from
			{Name: "color", Type: TypeEnum, Values: colors},
			{Name: "h", Type: TypeInt, Min: 400, Max: 20_000, Default: "1600"}, // 1/10 px, as are w, x, y
			{Name: "rank", Type: TypeRank, Writer: ByDecide},
			{Name: "text", Type: TypeText, Limit: textLimit},
			{Name: "w", Type: TypeInt, Min: 400, Max: 20_000, Default: "1600"},
			{Name: "x", Type: TypeInt, Min: -farAway, Max: farAway},
			{Name: "y", Type: TypeInt, Min: -farAway, Max: farAway},
		},
	},
	{
		Kind: KindMember,
		Fields: []FieldSpec{
			{Name: "person", Type: TypeRef, Kinds: []Kind{kindPerson}, Writer: ByDecide},
			{Name: "role", Type: TypeEnum, Values: roleNames, Writer: ByDecide},
		},
	},
	{
		Kind: KindAdoption, // a guest's work has gone to an account
		Fields: []FieldSpec{
			{Name: "account", Type: TypeRef, Kinds: []Kind{kindPerson}, Writer: ByDecide},
			{Name: "guest", Type: TypeRef, Kinds: []Kind{kindPerson}, Writer: ByDecide},
		},
	},
	{
		Kind: KindInvite,
		Fields: []FieldSpec{
			{Name: "closed", Type: TypeBool, Writer: ByDecide},
			{Name: "expires", Type: TypeInt, Max: MaxInt, Writer: ByDecide}, // a Time; 0 = never
			{Name: "label", Type: TypeText, Limit: 80, Line: true, Writer: ByDecide},
			{Name: "max", Type: TypeInt, Max: 1_000_000, Writer: ByDecide}, // 0 = any number
			{Name: "passcode", Type: TypeBool, Writer: ByDecide},
			{Name: "revision", Type: TypeWord, Limit: 64, Writer: ByDecide}, // the directory's row with its secrets' hashes
			{Name: "role", Type: TypeEnum, Values: roleNames[:4], Writer: ByDecide},
		},
	},
	{
		Kind: KindLock,
		Fields: []FieldSpec{
			{Name: "holder", Type: TypeRef, Kinds: []Kind{kindPerson}, Writer: ByDecide},
			{Name: "target", Type: TypeRef, Writer: ByDecide},
		},
	},
	{
		Kind: KindActivity, Edit: all(Facilitator),
		Fields: []FieldSpec{
			{Name: "count", Type: TypeInt, Max: MaxInt, Writer: ByDecide}, // live cards; kept while showCount is on
			{Name: "lane", Type: TypeRef, Kinds: []Kind{KindLane}, Writer: ByDecide},
			{Name: "sealed", Type: TypeBool, Writer: ByDecide},
			{Name: "showCount", Type: TypeBool, Default: True},
			{Name: "state", Type: TypeEnum, Values: []string{"open", "closed"}, Writer: ByDecide},
			{Name: "type", Type: TypeEnum, Values: []string{"collect"}, Writer: ByDecide},
		},
	},
	{
		Kind: KindBallot, Edit: all(Facilitator),
		Fields: []FieldSpec{
			{Name: "blind", Type: TypeBool, Writer: ByDecide},
			{Name: "cap", Type: TypeInt, Min: 1, Max: 100, Writer: ByDecide}, // votes a person has
			{Name: "perTarget", Type: TypeInt, Max: 100, Writer: ByDecide},   // votes a person may give one target; 0 = any number
			{Name: "state", Type: TypeEnum, Values: []string{"open", "closed"}, Writer: ByDecide},
			{Name: "tallies", Type: TypeCounts, Limit: 20_000, Writer: ByDecide}, // written when the ballot closes
			{Name: "title", Type: TypeText, Limit: 200, Line: true},
		},
	},
	{
		Kind: KindVote, Parent: []string{"ballot"},
		Fields: []FieldSpec{
			{Name: "ballot", Type: TypeRef, Kinds: []Kind{KindBallot}, Writer: ByDecide},
			{Name: "counts", Type: TypeCounts, Limit: 100, Writer: ByDecide},
			{Name: "voter", Type: TypeRef, Kinds: []Kind{kindPerson}, Writer: ByDecide},
		},
	},
}
