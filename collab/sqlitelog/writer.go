package sqlitelog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"

	"waymark/collab"
)

// errClosed: the log was closed before the request was begun.
var errClosed = errors.New("log is closed")

// maxGroup is how many requests share a transaction at most.
const maxGroup = 256

// A request is one caller's part of a transaction. run either writes all of it
// and returns nil, or writes nothing and returns a verdict, or returns a
// dbError: then the whole transaction is rolled back.
type request struct {
	run  func(*writer) error
	done chan error
	// entries is how many log entries it writes.
	entries int
	// alone asks for a transaction of its own.
	alone bool
}

// A dbError is an error of the database, not a verdict on the request.
type dbError struct{ error }

func (e dbError) Unwrap() error { return e.error }

// writer is the one connection that writes, and the goroutine that owns it.
type writer struct {
	requests chan *request
	quit     chan struct{}
	ended    chan struct{}
	closeErr error

	conn     driver.Conn
	prepared []driver.Stmt
	sync     int64 // PRAGMA synchronous of conn
	begin    *statement
	commit   *statement
	rollback *statement
	log      statements
	tempo    tempo
	group    []*request
	verdicts []error
}

func startWriter(dsn string) (*writer, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	conn, err := c.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	w := &writer{
		requests: make(chan *request, maxGroup),
		quit:     make(chan struct{}),
		ended:    make(chan struct{}),
		conn:     conn,
	}
	if err := w.prepare(); err != nil {
		return nil, errors.Join(err, w.release())
	}
	go w.loop()
	return w, nil
}

// do hands over a request and waits. A context that ends first leaves the
// outcome unknown: the request may still be written.
func (w *writer) do(ctx context.Context, r *request) error {
	r.done = make(chan error, 1)
	select {
	case w.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.ended:
		select {
		case err := <-r.done:
			return err
		default:
			return errClosed
		}
	}
}

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case r := <-w.requests:
			if wait := w.tempo.wait(time.Now()); wait > 0 {
				w.rest(wait)
			}
			w.serve(r)
		case <-w.quit:
			w.closeErr = w.release()
			return
		}
	}
}

// rest waits, but not for a log that is being closed.
func (w *writer) rest(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.quit:
	}
}

// serve takes r and what waits behind it into one transaction.
func (w *writer) serve(r *request) {
	w.group = append(w.group[:0], r)
	var next *request
	for !r.alone && len(w.group) < maxGroup {
		select {
		case next = <-w.requests:
		default:
			next = nil
		}
		if next == nil || next.alone {
			break
		}
		w.group = append(w.group, next)
		next = nil
	}
	w.tempo.begin(time.Now(), w.group)
	w.transact(w.group)
	if next != nil {
		w.group = append(w.group[:0], next)
		w.transact(w.group)
	}
}

// transact runs a group in one transaction and answers it; when the database
// errs on the way, each request gets a transaction of its own.
func (w *writer) transact(group []*request) {
	verdicts, err := w.try(group)
	if err != nil && len(group) > 1 && !errors.As(err, new(commitError)) {
		for i := range group {
			w.transact(group[i : i+1])
		}
		return
	}
	if t := Trouble(err); (errors.Is(t, collab.ErrFull) || errors.Is(t, collab.ErrReadOnly)) && !errors.As(err, new(commitError)) {
		err = fmt.Errorf("%w: %w", collab.ErrUnwritten, err)
	}
	for i, r := range group {
		if err != nil {
			r.done <- err
		} else {
			r.done <- verdicts[i]
		}
	}
}

// A commitError leaves the outcome of the whole group unknown.
type commitError struct{ error }

func (e commitError) Unwrap() error { return e.error }

func (w *writer) try(group []*request) (verdicts []error, err error) {
	if err := w.begin.exec(); err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	w.verdicts = w.verdicts[:0]
	for _, r := range group {
		verdict := r.run(w)
		if errors.As(verdict, new(dbError)) {
			return nil, errors.Join(verdict, w.undo())
		}
		w.verdicts = append(w.verdicts, verdict)
	}
	if err := w.commit.exec(); err != nil {
		return nil, commitError{errors.Join(fmt.Errorf("commit: %w", err), w.undo())}
	}
	return w.verdicts, nil
}

// undo rolls back. SQLite has done so already after some errors, and then says
// that no transaction is active.
func (w *writer) undo() error {
	if err := w.rollback.exec(); err != nil {
		var e *sqlite.Error
		if errors.As(err, &e) && e.Code() == sqliteError {
			return nil
		}
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// sqliteError is SQLITE_ERROR.
const sqliteError = 1

func (w *writer) close() error {
	close(w.quit)
	<-w.ended
	return w.closeErr
}
