package simulation

import "time"

// A Pipe is one WebSocket between a client and a server. Frames arrive in
// order, later, and not at all once it is cut.
type Pipe struct {
	s      *Scheduler
	faults *Faults
	client *Host
	server *Host
	window int

	// ToServer and ToClient take what arrives; ServerGone and ClientGone are told
	// once, when that side notices the end; Writable when frames to the client
	// have arrived.
	ToServer   func(frame []byte)
	ToClient   func(frame []byte, binary bool)
	ServerGone func()
	ClientGone func(code int)
	Writable   func()
	// Acknowledges reports whether a frame to the client has an answer in it that
	// the client is waiting for.
	Acknowledges func(frame []byte) bool

	up, down lane
	cut      bool
	told     [2]bool
	slow     time.Duration
}

type lane struct {
	last     time.Duration // when the newest frame arrives
	underway int
}

// NewPipe connects a client to a server. When window bytes are under way to the
// client, the server's writes wait.
func NewPipe(s *Scheduler, faults *Faults, client, server *Host, window int) *Pipe {
	return &Pipe{s: s, faults: faults, client: client, server: server, window: window}
}

// Slow delays frames by up to d from now on.
func (p *Pipe) Slow(d time.Duration) { p.slow = d }

// Full reports whether the server's next write has to wait.
func (p *Pipe) Full() bool { return p.down.underway >= p.window }

func (p *Pipe) arrival(l *lane) time.Duration {
	at := p.s.Elapsed() + p.s.Between(200*time.Microsecond, 15*time.Millisecond)
	if p.slow > 0 {
		at += p.s.Between(0, p.slow)
	}
	l.last = max(l.last, at)
	return l.last - p.s.Elapsed()
}

// Up sends a frame to the server.
func (p *Pipe) Up(frame []byte) {
	if p.cut {
		return
	}
	torn := p.torn()
	p.s.After(p.arrival(&p.up), p.server, func() {
		switch {
		case p.cut || p.told[0]:
		case torn:
			p.tear()
		default:
			p.ToServer(frame)
		}
	})
}

// Down sends a frame to the client.
func (p *Pipe) Down(frame []byte, binary bool) {
	if p.cut {
		return
	}
	if p.faults.weights[NetSwallow] > 0 && p.Acknowledges(frame) && p.faults.Draw(NetSwallow) {
		p.faults.Strike(NetSwallow)
		p.Cut()
		return
	}
	p.down.underway += len(frame)
	torn := p.torn()
	p.s.After(p.arrival(&p.down), p.client, func() {
		p.down.underway -= len(frame)
		switch {
		case p.cut || p.told[1]:
		case torn:
			p.tear()
		default:
			p.ToClient(frame, binary)
			p.s.After(0, p.server, p.Writable)
		}
	})
}

// torn draws whether a frame is to be the one in whose middle the connection
// breaks.
func (p *Pipe) torn() bool { return p.faults.Draw(NetTorn) }

// tear cuts the connection when the first part of a frame has arrived: its
// sender has written it, and its receiver throws it away.
func (p *Pipe) tear() {
	p.faults.Strike(NetTorn)
	p.Cut()
}

// CloseDown ends the connection from the server's side, behind all frames.
func (p *Pipe) CloseDown(code int) {
	p.tell(0, 0)
	p.s.After(p.arrival(&p.down), p.client, func() {
		if !p.cut {
			p.notice(1, code)
		}
	})
}

// CloseUp ends the connection from the client's side, behind all frames.
func (p *Pipe) CloseUp() {
	p.told[1] = true
	p.s.After(p.arrival(&p.up), p.server, func() {
		if !p.cut {
			p.notice(0, 0)
		}
	})
}

// Cut breaks the connection: what is under way is lost, and each side notices
// sooner or later.
func (p *Pipe) Cut() {
	if p.cut {
		return
	}
	p.cut = true
	for side, host := range []*Host{p.server, p.client} {
		d := p.s.Between(0, 60*time.Millisecond)
		if p.faults.Draw(NetHalf) {
			p.faults.Strike(NetHalf)
			d = p.s.Between(time.Second, 40*time.Second)
		}
		p.s.After(d, host, func() { p.notice(side, 1006) })
	}
}

func (p *Pipe) tell(side int, d time.Duration) {
	host := p.server
	if side == 1 {
		host = p.client
	}
	p.s.After(d, host, func() { p.notice(side, 1006) })
}

func (p *Pipe) notice(side, code int) {
	if p.told[side] {
		return
	}
	p.told[side] = true
	if side == 0 {
		p.ServerGone()
	} else {
		p.ClientGone(code)
	}
}
