package board

// Bounds are the limits of a board; the browser is told them.
type Bounds struct {
	OpBytes        int // of one op as JSON
	CreateBytes    int // of the records a board is created with
	CreateRecords  int
	ChangedRecords int // that one op may change
	Live           int // records
	Deleted        int // records; beyond it the ones deleted first are purged
	BoardBytes     int // of all records
	SealedBytes    int // of the sealed cards of one activity: they are revealed in one entry
	TextOps        int // text changes of a field that a new one may be older than
	RankLength     int
}

// Limits are the limits of this release.
var Limits = Bounds{
	OpBytes:        64 << 10,
	CreateBytes:    4 << 20,
	CreateRecords:  5000,
	ChangedRecords: 2000,
	Live:           20_000,
	Deleted:        5000,
	BoardBytes:     16 << 20,
	SealedBytes:    2 << 20,
	TextOps:        256,
	RankLength:     48,
}
