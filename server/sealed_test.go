package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"waymark/board"
	"waymark/server/client"
)

// A secret is a card that is sealed for its author, on a board with three people.
type secret struct {
	t                    *testing.T
	board, card          board.ID
	words                string
	lane, step, far      string // of the card, and a step without cards
	host, author, other  *browser
	hostsAt, authors, at *seat // of host, author and other
	before               listedBody
}

// seal makes the card: begun with some words, then typed on.
func seal(t *testing.T, p *running) *secret {
	t.Helper()
	x := &secret{t: t, host: p.setUp(), card: client.NewID("card"), words: "hush-hush"}
	x.board = x.host.newBoard("standard", "Contract")
	_, link := x.host.invite(x.board, map[string]any{"role": "editor"})
	x.author, x.other = p.join(t, link, "Cleo"), p.join(t, link, "Ben")
	_, file := x.host.do("GET", x.path()+"/export", nil)
	steps := idsOf(file, "step")
	x.lane, x.step, x.far = "lane-new", steps[0], steps[len(steps)-1]
	x.hostsAt, x.authors, x.at = x.host.sit(x.board), x.author.sit(x.board), x.other.sit(x.board)
	x.hostsAt.send(`{"type":"add","id":"%s","fields":{"type":"pains","title":"New"}}`, x.lane)
	x.hostsAt.untilEntry(x.lane)
	x.before = x.other.find(x.board)
	x.hostsAt.send(`{"type":"openActivity","id":"activity-one","activityType":"collect","lane":"","sealed":true,"showCount":false}`)
	x.authors.untilEntry("activity-one")
	x.at.untilEntry("activity-one")
	x.authors.send(`{"type":"addCard","id":"%s","lane":"%s","step":"%s","fields":{"activity":"activity-one","text":"%s"}}`, x.card, x.lane, x.step, x.words)
	x.authors.untilEntry(x.words)
	x.authors.send(`{"type":"text","id":"%s","field":"text","base":%d,"delta":["%s"]}`, x.card, x.authors.conn.Point().Seq, x.words)
	x.authors.untilEntry(`["text"`)
	x.authors.write([]byte(fmt.Sprintf(`[{"type":"presence","selection":["%s"],"typing":{"id":"%s","field":"text"}}]`, x.card, x.card)))
	return x
}

func (x *secret) path() string { return "/api/boards/" + string(x.board) }

// idsOf lists the records of a kind in an export.
func idsOf(file []byte, kind board.Kind) (ids []string) {
	for _, m := range regexp.MustCompile(`"id":"(`+string(kind)+`-[^"]+)"`).FindAllSubmatch(file, -1) {
		ids = append(ids, string(m[1]))
	}
	return ids
}

// refusal is the code by which the next op of the other one is refused.
func (x *secret) refusal(op string) string {
	x.t.Helper()
	n, err := x.at.conn.Send([]byte(op))
	if err != nil {
		x.t.Fatal(err)
	}
	mine := regexp.MustCompile(fmt.Sprintf(`"client":"%s","n":%d(,"refused":"([a-zA-Z]+)")?`, x.at.conn.Client(), n))
	for {
		for _, e := range x.at.until("entries").entries {
			if found := mine.FindSubmatch(e); found != nil {
				return string(found[2])
			}
		}
	}
}

// out is all that others than the author can get hold of, by where it comes from.
func (x *secret) out(p *running, others map[string]*browser) map[string]string {
	x.t.Helper()
	out := map[string]string{"what the host was sent": x.hostsAt.all(), "what the other was sent": x.at.all()}
	get := func(name string, b *browser, path string) {
		x.t.Helper()
		status, body := b.do("GET", path, nil)
		if status != 200 {
			x.t.Fatalf("%s: %d %s", path, status, body)
		}
		out[name] = string(body)
	}
	for name, b := range others {
		get("the metrics", b, "/metrics")
		get("the export of "+name, b, x.path()+"/export")
		get("the access list of "+name, b, x.path()+"/access")
		get("the boards of "+name, b, "/api/boards")
		for from, point := range map[string]client.Point{"anew": {}, "again": {Epoch: 1, Seq: 1, Batch: x.first()}} {
			s := b.dialFrom(x.board, point, nil)
			s.until("digest") // which is the last of what one who comes is sent
			out["what "+name+" is sent "+from] = s.all()
		}
	}
	out["the log"] = p.stderr.String()
	return out
}

// first is the batch that the board began with.
func (x *secret) first() board.ID {
	for _, m := range regexp.MustCompile(`"batch":"(batch-[^"]+)"`).FindAllStringSubmatch(x.at.all(), -1) {
		return board.ID(m[1])
	}
	x.t.Fatal("no batch")
	return ""
}

func TestSealed_a_card_leaves_by_no_way(t *testing.T) {
	t.Parallel()
	onEach(t, testSealed)
}

func testSealed(t *testing.T, empty func(*testing.T) home) {
	t.Parallel()
	at := empty(t)
	p := at.launch(t)
	x := seal(t, p)
	look := func(when string, p *running, others map[string]*browser) {
		t.Helper()
		for name, text := range x.out(p, others) {
			for _, hidden := range []string{x.words, string(x.card)} {
				if i := strings.Index(text, hidden); i >= 0 {
					t.Errorf("%s %s has %s: %.300s", when, name, hidden, text[max(0, i-200):])
				}
			}
		}
	}
	look("at once", p, map[string]*browser{"the host": x.host, "the other": x.other})
	if _, own := x.author.do("GET", x.path()+"/export", nil); !strings.Contains(string(own), x.words+x.words) {
		t.Error("the author's own export lacks the card")
	}
	now := x.other.find(x.board)
	if now.Cards != x.before.Cards || now.ChangedBy != "Mira Kern" || !reflect.DeepEqual(now.Picture, x.before.Picture) {
		t.Errorf("the list shows that something was added: %+v, before %+v", now, x.before)
	}

	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	// Whoever comes then is given a snapshot that was made of the board as it is.
	at.change(t, "DELETE FROM board_snapshots")
	again := at.launch(t)
	host := again.browser(t)
	host.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	look("after a restart", again, map[string]*browser{"the host": host})

	// When its activity is closed everyone has the card.
	s := host.sit(x.board)
	s.send(`{"type":"closeActivity","id":"activity-one"}`)
	if e := s.untilEntry(`"closed"`); !strings.Contains(e, x.words+x.words) {
		t.Errorf("the activity is closed, and the card is not shown: %s", e)
	}
	if file := host.export(x.board); !strings.Contains(file, x.words+x.words) {
		t.Error("the activity is closed, and the host's export lacks the card")
	}
}

// Whoever guesses the id hears what they would hear of one that is not there, and a rank leaves no room for the card.
func TestSealed_a_card_answers_like_none(t *testing.T) {
	t.Parallel()
	x := seal(t, start(t))
	none := client.NewID("card")
	for _, op := range []string{
		`{"type":"delete","id":"%s"}`, `{"type":"restore","id":"%s"}`, `{"type":"lock","target":"%s"}`, `{"type":"unlock","target":"%s"}`,
		`{"type":"text","id":"%s","field":"text","base":3,"delta":["x"]}`, `{"type":"text","id":"%s","field":"text","base":3,"delta":[99,"x"]}`,
		`{"type":"set","id":"%s","fields":{"span":2}}`, `{"type":"moveCard","id":"%s","lane":"","step":""}`,
		`{"type":"add","id":"moment-one","fields":{"target":"%s"}}`, `{"type":"vote","ballot":"ballot-none","target":"%s","count":1}`,
	} {
		if sealed, never := x.refusal(fmt.Sprintf(op, x.card)), x.refusal(fmt.Sprintf(op, none)); sealed != never || sealed == "" {
			t.Errorf("%s is refused with %q, of a card that never was with %q", op, sealed, never)
		}
	}
	rank := regexp.MustCompile(`"rank":"([^"]+)"`)
	placed := func(step, after string) string {
		x.at.send(`{"type":"addCard","id":"%s","lane":"%s","step":"%s"%s}`, client.NewID("card"), x.lane, step, after)
		for {
			for _, e := range x.at.until("entries").entries {
				if m := rank.FindSubmatch(e); m != nil {
					return string(m[1])
				}
			}
		}
	}
	for _, after := range []string{"", fmt.Sprintf(`,"after":"%s"`, x.card), `,"after":""`} {
		if beside, alone := placed(x.step, after), placed(x.far, after); beside != alone {
			t.Errorf("%s: a card beside a sealed one has the rank %s, one in a cell without %s", after, beside, alone)
		}
	}
}
