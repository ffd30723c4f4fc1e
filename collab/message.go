package collab

import (
	"math/bits"
	"strconv"
	"strings"

	"waymark/board"
)

// Protocol is the version of the wire that this release speaks.
const Protocol = 1

// Subprotocol is the WebSocket subprotocol of it.
const Subprotocol = "waymark.v1"

// A message is one that a client sent; which members count depends on its kind.
type message struct {
	kind     messageKind
	token    string
	board    board.ID
	epoch    int64
	seq      board.Seq
	batch    board.ID
	protocol int64
	client   board.ID
	items    []item
	shown    Presence
	public   string
}

// An item is one op of an ops message.
type item struct {
	n    int64
	op   board.Op
	size int
}

type messageKind uint8

const (
	kindHello messageKind = iota + 1
	kindClaim
	kindOps
	kindPresence
	kindBeat
	kindDigest
)

// The members of messages, as bits.
const (
	hasType = 1 << iota
	hasToken
	hasBoard
	hasEpoch
	hasSeq
	hasBatch
	hasProtocol
	hasClient
	hasItems
	hasAt
	hasDrag
	hasSelection
	hasTyping
	hasPublic
)

// forms lists what each message must have and may have besides.
var forms = map[string]struct {
	kind      messageKind
	must, may uint
}{
	"hello":    {kindHello, hasToken | hasBoard | hasEpoch | hasSeq | hasBatch | hasProtocol, 0},
	"claim":    {kindClaim, hasClient, 0},
	"ops":      {kindOps, hasClient | hasItems, 0},
	"presence": {kindPresence, 0, hasAt | hasDrag | hasSelection | hasTyping},
	"beat":     {kindBeat, 0, 0},
	"digest":   {kindDigest, hasSeq | hasPublic, 0},
}

const (
	maxToken      = 8 << 10
	maxItems      = 512
	maxMessages   = 64
	maxSelection  = 50
	maxCoordinate = 10_000_000
	perMille      = 1000
)

// parseFrame reads a text frame: an array of messages, nothing unknown in it.
func parseFrame(frame []byte) ([]message, error) {
	s := scanner{b: frame}
	var list []message
	for s.open('['); s.more(']'); {
		if len(list) == maxMessages {
			s.fail("too many messages")
			break
		}
		list = append(list, s.message())
	}
	if s.end(); s.err != nil {
		return nil, s.err
	}
	return list, nil
}

func (s *scanner) message() (m message) {
	var typ string
	var has uint
	for s.open('{'); s.more('}'); {
		bit := s.member(&m, &typ)
		if has&bit != 0 {
			s.fail("member twice")
		}
		has |= bit
	}
	form, ok := forms[typ]
	if has &^= hasType; s.err == nil && (!ok || has&form.must != form.must || has&^(form.must|form.may) != 0) {
		s.fail("not a message: " + strconv.Quote(typ) + " with " + strconv.Itoa(bits.OnesCount(has)) + " members")
	}
	m.kind = form.kind
	return m
}

func (s *scanner) member(m *message, typ *string) uint {
	switch string(s.key()) {
	case "type":
		*typ = s.str(16)
		return hasType
	case "token":
		m.token = s.str(maxToken)
		return hasToken
	case "board":
		m.board = s.id(board.PrefixBoard)
		return hasBoard
	case "epoch":
		m.epoch = s.integer(0, board.MaxInt)
		return hasEpoch
	case "seq":
		m.seq = board.Seq(s.integer(-1, board.MaxInt))
		return hasSeq
	case "batch":
		if m.batch = board.ID(s.str(100)); m.batch != "" && !m.batch.Valid() {
			s.fail("expected an id")
		}
		return hasBatch
	case "protocol":
		m.protocol = s.integer(0, board.MaxInt)
		return hasProtocol
	case "client":
		m.client = s.id(board.PrefixClient)
		return hasClient
	case "items":
		s.items(m)
		return hasItems
	case "at":
		m.shown.At = s.place(false)
		return hasAt
	case "drag":
		m.shown.Drag = s.place(true)
		return hasDrag
	case "selection":
		s.selection(&m.shown)
		return hasSelection
	case "typing":
		s.typing(&m.shown)
		return hasTyping
	case "public":
		if m.public = s.str(16); len(m.public) != 16 || strings.Trim(m.public, "0123456789abcdef") != "" {
			s.fail("expected a digest")
		}
		return hasPublic
	}
	s.fail("unknown member")
	return 0
}

func (s *scanner) items(m *message) {
	for s.open('['); s.more(']'); {
		if len(m.items) == maxItems {
			s.fail("too many ops")
			return
		}
		it := s.item()
		if last := len(m.items) - 1; last >= 0 && it.n <= m.items[last].n {
			s.fail("ops out of order")
			return
		}
		m.items = append(m.items, it)
	}
	if len(m.items) == 0 {
		s.fail("no ops")
	}
}

func (s *scanner) item() (it item) {
	var hasN, hasOp bool
	for s.open('{'); s.more('}'); {
		switch key := string(s.key()); {
		case key == "n" && !hasN:
			it.n, hasN = s.integer(0, board.MaxInt), true
		case key == "op" && !hasOp:
			hasOp = true
			raw := s.skip()
			if s.err != nil {
				return it
			}
			op, err := board.ParseOp(raw)
			if err != nil {
				s.fail("not an op: " + err.Error())
				return it
			}
			it.op, it.size = op, len(raw)
		default:
			s.fail("unknown member or member twice")
		}
	}
	if !hasN || !hasOp {
		s.fail("op without number")
	}
	return it
}
