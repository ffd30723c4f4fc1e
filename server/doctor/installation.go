package doctor

import (
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"time"

	"waymark/server/directory"
)

// An Installation is what a server would be started with.
type Installation struct {
	// Data is the folder of the boards; Database the URL of a Postgres that is used in its place.
	Data, Database string
	// Redis is its URL, "" for none, and Cluster what servers call themselves there.
	Redis, Cluster string
	// Listen is the host:port of a server on this computer, TLS says that it speaks TLS itself.
	Listen string
	TLS    bool
	// PublicURL is what people type, without a slash at the end; nil when nobody has said.
	PublicURL *url.URL
	Proxies   []netip.Prefix
	// HelloTimeout is how long a server lets a connection be silent at first.
	HelloTimeout time.Duration
	// Option is how a setting is called in a message: -redis, or WAYMARK_REDIS when it was given by that.
	Option func(name string) string
	// Program is how to run this program.
	Program string
	// Servable says why no server may start on a database that is good in itself: it was moved, or is half made.
	Servable func(ctx context.Context, d *directory.Directory) error
	// Seal makes what tells servers of this installation from others, of the token keys that lie in the database.
	Seal func(keys []directory.Key, now func() time.Time) (Seal, error)
	// Roots are the authorities whose certificates are good; nil are those of this computer.
	Roots *x509.CertPool
}

// limit bounds every question that is asked over a network.
const limit = 10 * time.Second

// An examiner remembers of one step what the next ones need.
type examiner struct {
	Installation

	tell  func(Finding)
	about string

	// ahead is by how much the database's clock is ahead of this computer's.
	ahead time.Duration
	// directory is nil when the database cannot be read, or has no tables of this release.
	directory *directory.Directory
	// unused says that no server has ever run on the database.
	unused  bool
	servers []directory.Server
	// running says that a server uses the database, as far as it tells.
	running bool
	// taken is how many connections to the Postgres are open, most how many there may be.
	taken, most int
	raise       func(most int) string // says how
}

// Examine looks at all of it, in the order in which one thing stands on another, and tells what it finds.
func Examine(ctx context.Context, of Installation, tell func(Finding)) {
	e := &examiner{Installation: of, tell: tell}
	if of.Database == "" {
		e.about = "Folder"
		defer e.folder(ctx)()
		e.leftovers(os.TempDir())
	} else {
		e.about = "Postgres"
		defer e.postgres(ctx)()
		e.leftovers(os.TempDir())
		e.about = "Servers"
		e.others(ctx)
		e.about = "Redis"
		e.redis(ctx)
	}
	e.about = "Address"
	e.address(ctx)
}

func (e *examiner) say(v Verdict, change, says string, args ...any) {
	e.tell(Finding{About: e.about, Verdict: v, Says: fmt.Sprintf(says, args...), Change: change})
}

func (e *examiner) good(says string, args ...any) { e.say(Good, "", says, args...) }

func (e *examiner) unseen(says string, args ...any) { e.say(Unseen, "", says, args...) }

func (e *examiner) now() time.Time { return time.Now().Add(e.ahead) }

// read makes the directory, of a database that may only be read, and looks whether a server would serve it.
func (e *examiner) read(ctx context.Context, db *sql.DB) {
	e.directory = directory.New(readOnly{db}, e.now)
	if err := e.Servable(ctx, e.directory); err != nil {
		e.say(Wrong, "", "no server starts on it: %v", err)
	}
}

// readOnly is a database that nothing is written to.
type readOnly struct{ db *sql.DB }

func (r readOnly) DB() *sql.DB { return r.db }

func (r readOnly) Begin(context.Context) (*sql.Tx, error) {
	return nil, errors.New("the doctor writes nothing")
}
