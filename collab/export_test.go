package collab

import "waymark/board"

// ProposeOp leaves an op for the room as if it had been read from a frame.
func (s *Session) ProposeOp(client board.ID, n int64, op board.Op) bool {
	return s.room.Propose(s, client, []item{{n: n, op: op, size: 1}})
}

// Fault makes the session's room panic.
func (s *Session) Fault() { s.room.loop.Post(faulting{}) }

type faulting struct{}

func (faulting) on(*Room) { panic("a planted fault") }

// ParseFrame reads a frame as Receive does, and counts its messages.
func ParseFrame(frame []byte) (int, error) {
	list, err := parseFrame(frame)
	return len(list), err
}

// LookAt is [Hub.View] that does not wait.
func (h *Hub) LookAt(id board.ID, f func(*board.Board, Head)) {
	h.request(id, &request{view: f, done: func(Receipt, error) {}}, func(q *request) Event { return viewed{q} })
}
