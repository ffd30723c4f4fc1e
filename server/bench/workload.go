package bench

import (
	"encoding/json"
	"strconv"
	"time"
)

// A workload is a number of boards, the people on each, and what those who act do.
type workload struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Boards  int     `json:"boards"`
	People  int     `json:"people"` // on each board
	Acting  int     `json:"acting"` // of them; the others read
	Edits   float64 `json:"edits"`  // a second and acting person
	Cursors float64 `json:"cursors"`
	Cards   int     `json:"cards"` // that one acting person types into, in turn
	Beats   bool    `json:"beats"` // whether who does not act says at times that it is there, as a page does
}

var (
	workshop   = workload{Name: "workshop", Title: "1 board x 50 people", Boards: 1, People: 50, Acting: 50, Edits: 2, Cursors: 20, Cards: 4}
	townHall   = workload{Name: "townhall", Title: "1 board x 200 people, 20 act", Boards: 1, People: 200, Acting: 20, Edits: 2, Cursors: 20, Cards: 4}
	manyBoards = workload{Name: "manyboards", Title: "100 boards x 5 people", Boards: 100, People: 5, Acting: 5, Edits: 2, Cursors: 10, Cards: 4}
	saturation = workload{Name: "saturation", Title: "1 board x 50 people, edits only", Boards: 1, People: 50, Acting: 50, Cards: 32}
	idle       = workload{Name: "idle", Title: "200 boards x 1 person, nobody acts", Boards: 200, People: 1, Beats: true}
)

// beatEvery is how often a client says something at least (S5).
const beatEvery = 25 * time.Second

// asked is how many edits and cursors should arrive each second at people other than their author.
func (w workload) asked() (edits, cursors float64) {
	pairs := float64(w.Boards * w.Acting * (w.People - 1))
	return pairs * w.Edits, pairs * w.Cursors
}

// steady lists the workloads that are measured against both relays over one window.
var steady = []workload{workshop, townHall, manyBoards}

// What a run is given beside its workload.
type timing struct {
	Warmup time.Duration `json:"warmup"`
	Window time.Duration `json:"window"`
}

// milliseconds is a duration as the reports show it.
type milliseconds float64

func inMs(d time.Duration) milliseconds { return milliseconds(float64(d) / float64(time.Millisecond)) }

func (ms milliseconds) MarshalJSON() ([]byte, error) {
	return json.RawMessage(strconv.FormatFloat(float64(ms), 'f', 3, 64)), nil
}
