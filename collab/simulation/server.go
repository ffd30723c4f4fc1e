package simulation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"waymark/board"
	"waymark/collab"
)

// A Server is one server process: a real hub whose rooms run on the scheduler.
type Server struct {
	Name string
	Hub  *collab.Hub

	w       *World
	host    *Host
	port    *Port
	bus     *BusPort
	loops   []*loop
	sockets []*socket
	up      bool
	// draining says that the process is asked to end.
	draining bool
	born     int
	// asking is how many ops of its own it waits for.
	asking int
	// skew is by how much its clock is wrong.
	skew time.Duration
}

func (w *World) newServer(name string) *Server {
	srv := &Server{Name: name, w: w, host: w.S.NewHost(name), skew: w.S.Between(0, 3*time.Second) - time.Second}
	srv.start()
	return srv
}

// start begins a process.
func (srv *Server) start() {
	w := srv.w
	srv.born++
	srv.up, srv.draining, srv.asking = true, false, 0
	srv.port = w.Log.NewPort()
	srv.bus = w.Bus.NewPort(srv.host)
	srv.Hub = collab.NewHub(collab.Config{
		Log: srv.port, Archive: srv.port, Bus: srv.bus,
		Authenticate: authenticate,
		People:       directory{w},
		Access:       directory{w},
		Watch:        srv.export,
		Runner:       (*runner)(srv),
		Node:         srv.node(),
		NewID:        w.S.NewID,
		Random:       w.S.Rand.Int64N,
		Limits:       w.Plan.Limits,
		Logger:       slog.New(slog.NewTextHandler(w.serverLog(srv), &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: timeless})),
	})
	srv.poll()
}

// node names the process.
func (srv *Server) node() string { return fmt.Sprintf("%s-%d", srv.Name, srv.born) }

// timeless leaves the real time out of a server's log.
func timeless(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// authenticate takes the person's id as the token.
func authenticate(token string) (collab.Identity, error) {
	if board.ID(token).Prefix() != board.PrefixPerson {
		return collab.Identity{}, errors.New("no such token")
	}
	return collab.Identity{Person: board.ID(token), Login: token}, nil
}

func (srv *Server) poll() {
	srv.w.S.After(collab.PollEvery, srv.host, func() {
		srv.Hub.Poll(context.Background())
		lag := srv.port.TakeLag()
		srv.w.S.After(lag, srv.host, srv.poll)
	})
}

// Kill ends the process at once.
func (srv *Server) Kill() {
	srv.collect()
	srv.up = false
	srv.host.Kill()
	srv.w.Bus.Disconnect(srv.host)
	for _, k := range srv.sockets {
		k.gone = true
		k.pipe.Cut()
	}
	for _, l := range srv.loops {
		l.ended, l.events = true, nil
	}
	srv.sockets, srv.loops = nil, nil
}

// Restart begins the next process of a server that is down.
func (srv *Server) Restart() {
	if !srv.up {
		srv.start()
	}
}

// Drain asks the process to end in good order, and kills it when it has, or
// after a while.
func (srv *Server) Drain() {
	born := srv.born
	srv.draining = true
	srv.Hub.BeginDrain()
	srv.pump()
	var wait func(left int)
	wait = func(left int) {
		if srv.born != born || !srv.up {
			return
		}
		busy := slices.ContainsFunc(srv.loops, func(l *loop) bool { return !l.closed })
		if busy && left > 0 {
			srv.w.S.After(100*time.Millisecond, srv.host, func() { wait(left - 1) })
			return
		}
		srv.Kill()
		srv.w.S.After(srv.w.S.Between(0, 2*time.Second), nil, srv.Restart)
	}
	wait(100)
}

// collect adds the counts of a process that ends to the world's.
func (srv *Server) collect() {
	m := srv.Hub.Metrics()
	srv.w.Stats.Faults += m.Faults.Load()
	srv.w.Stats.Mismatches += m.Mismatches.Load()
	srv.w.Stats.LostTails += m.LostTails.Load()
	srv.w.Stats.Repaired += m.TailsRepaired.Load()
	srv.w.Stats.Resets += m.Resets.Load()
	srv.w.Stats.Resyncs += m.Resyncs.Load()
	srv.w.Stats.Lags += m.Lags.Load()
	srv.w.Stats.OutOfTurn += m.OutOfTurn.Load()
	srv.w.Stats.Busy += m.Busy.Load()
	srv.w.Stats.Gaps += m.Gaps.Load()
}

// A socket is the server's end of a pipe.
type socket struct {
	srv     *Server
	session *collab.Session
	pipe    *Pipe
	writing bool
	gone    bool
	// greeted says that its welcome was sent, out that its person has no right,
	// revoked that it must be told nothing more.
	greeted, out, revoked bool
}

// accept gives a pipe its session.
func (srv *Server) accept(p *Pipe) {
	k := &socket{srv: srv, session: srv.Hub.Accept(), pipe: p}
	srv.sockets = append(srv.sockets, k)
	p.ToServer = func(frame []byte) {
		k.session.Receive(frame)
		srv.pump()
	}
	p.ServerGone = k.leave
	p.Writable = k.pump
	born := srv.born
	srv.w.S.After(5*time.Second, srv.host, func() {
		if srv.born == born && k.session.Person() == "" {
			k.leave()
			p.CloseDown(int(collab.CloseBad))
		}
	})
}

func (k *socket) leave() {
	if k.gone {
		return
	}
	k.gone = true
	k.session.Leave()
	k.srv.sockets = slices.DeleteFunc(k.srv.sockets, func(other *socket) bool { return other == k })
	k.srv.pump()
}

// pump lets every socket of the server write what waits.
func (srv *Server) pump() {
	for _, k := range slices.Clone(srv.sockets) {
		k.pump()
	}
}

func (k *socket) pump() {
	if k.writing || k.gone || k.pipe.Full() {
		return
	}
	f := k.session.Next()
	if f == nil {
		return
	}
	k.judge(f)
	k.writing = true
	s := k.srv.w.S
	s.After(s.Between(0, time.Millisecond), k.srv.host, func() {
		if k.gone {
			return
		}
		if len(f.Data) > 0 {
			k.srv.w.sent(k, f)
			k.pipe.Down(f.Data, f.Binary)
		}
		k.writing = false
		k.session.Wrote(f)
		if f.Close != 0 {
			k.pipe.CloseDown(int(f.Close))
			k.leave()
			return
		}
		k.srv.pump()
	})
}

// runner runs the rooms of a server on the scheduler.
type runner Server

// Now is the server's clock.
func (rn *runner) Now() time.Time {
	return time.UnixMilli(int64(birth)).Add(rn.w.S.Elapsed() + rn.skew)
}

// Start is [collab.Runner].
func (rn *runner) Start(r *collab.Room) collab.Loop {
	l := &loop{srv: (*Server)(rn), room: r}
	rn.loops = append(rn.loops, l)
	return l
}

// mailbox is how many events may wait for a simulated room.
const mailbox = 1024

// A loop is the mailbox of one room.
type loop struct {
	srv    *Server
	room   *collab.Room
	events []collab.Event
	due    bool
	jobs   int
	ending bool
	ended  bool
	closed bool
	calm   func() // calls the alarm off
}

func (l *loop) Offer(e collab.Event) bool {
	if l.ended || len(l.events) >= mailbox {
		return false
	}
	return l.Post(e)
}

func (l *loop) Post(e collab.Event) bool {
	if l.ended {
		return false
	}
	l.events = append(l.events, e)
	l.schedule()
	return true
}

func (l *loop) schedule() {
	if !l.due {
		l.due = true
		l.srv.w.S.After(l.srv.w.S.Between(0, 300*time.Microsecond), l.srv.host, l.turn)
	}
}

// turn handles some of the events that wait, and settles.
func (l *loop) turn() {
	l.due = false
	if l.ended || len(l.events) == 0 {
		return
	}
	for range 1 + l.srv.w.S.Pick(len(l.events)) {
		e := l.events[0]
		l.events = l.events[1:]
		l.room.Handle(e)
		if l.ending {
			break
		}
	}
	l.settle()
}

func (l *loop) settle() {
	if !l.ending {
		l.room.Settle()
	}
	if l.ending {
		l.ended = true
		l.events = nil
		l.close()
	} else if len(l.events) > 0 {
		l.schedule()
	}
	l.bounded()
	l.srv.pump()
}

func (l *loop) close() {
	if l.ended && l.jobs == 0 && !l.closed {
		l.closed = true
		l.srv.loops = slices.DeleteFunc(l.srv.loops, func(other *loop) bool { return other == l })
		l.room.Closed()
	}
}

// Do is [collab.Loop]. What the job asks of the log is under way from then on:
// it happens even if the server dies first.
func (l *loop) Do(job func() collab.Event) {
	s, port, life := l.srv.w.S, l.srv.port, l.srv.host.life
	l.jobs++
	s.After(s.Between(0, 5*time.Millisecond), nil, func() {
		port.TakeLag()
		e := job()
		if l.srv.host.life != life {
			return // nobody is left to hear of it
		}
		s.After(port.TakeLag(), l.srv.host, func() {
			l.jobs--
			if e != nil {
				l.Post(e)
			}
			l.close()
		})
	})
}

// Wake is [collab.Loop].
func (l *loop) Wake(at time.Time) {
	if l.calm != nil {
		l.calm()
		l.calm = nil
	}
	if at.IsZero() {
		return
	}
	l.calm = l.srv.w.S.After(at.Sub((*runner)(l.srv).Now()), l.srv.host, func() {
		l.calm = nil
		if !l.ended {
			l.room.Handle(collab.Tick{})
			l.settle()
		}
	})
}

// End is [collab.Loop].
func (l *loop) End() { l.ending = true }
