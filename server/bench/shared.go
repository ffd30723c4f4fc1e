package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waymark/collab/pglog"
	"waymark/collab/redisbus"
)

// A shared is what the servers of a run have in common: an empty database, and a Redis. Where these run on this machine
// they are kept on the load's core while the run lasts, so that the servers have theirs for themselves, and their
// processor time is measured.
type shared struct {
	ground       *pglog.Ground
	postgres     int // process id of the eldest, when it is pinned; 0 = it is not measured
	redisProcess int
	facts        sharedFacts
	undo         []func() error
}

type sharedFacts struct {
	Postgres    string   `json:"postgres"` // version
	Redis       string   `json:"redis,omitempty"`
	Synchronous string   `json:"synchronousCommit"`
	Unmeasured  []string `json:"unmeasured,omitempty"` // what is not pinned and has no processor time, and why
}

// openShared looks at both and pins what can be pinned. It pairs with close.
func openShared(ctx context.Context, o options) (s *shared, err error) {
	s = &shared{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
			s = nil
		}
	}()
	if s.ground, err = pglog.OpenGround(ctx, o.database); err != nil {
		return s, err
	}
	settings := s.ground.Settings()
	s.facts = sharedFacts{Postgres: settings.Version, Synchronous: settings.SynchronousCommit}
	if eldest, err := postgresHere(s.ground.PID(), settings.Database); err != nil {
		s.unmeasured("Postgres", err)
	} else if s.pin("Postgres", eldest) {
		s.postgres = eldest
	}
	if o.redis == "" {
		return s, nil
	}
	process, err := redisbus.Ask(ctx, o.redis)
	if errors.Is(err, redisbus.ErrRights) {
		s.facts.Redis = "of unknown version"
		s.unmeasured("Redis", err)
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.facts.Redis = process.Version
	if err := redisHere(process); err != nil {
		s.unmeasured("Redis", err)
	} else if s.pin("Redis", process.PID) {
		s.redisProcess = process.PID
	}
	return s, nil
}

// pin keeps a family on the load's core, if it may.
func (s *shared) pin(what string, eldest int) bool {
	restore, err := pinFamily(eldest, loadCore)
	if err != nil {
		s.unmeasured(what, err)
		return false
	}
	s.undo = append(s.undo, restore)
	return true
}

// pinned names what is.
func (s *shared) pinned() string {
	var names []string
	if s.postgres > 0 {
		names = append(names, "Postgres")
	}
	if s.redisProcess > 0 {
		names = append(names, "Redis")
	}
	return strings.Join(names, " and ")
}

func (s *shared) unmeasured(what string, why error) {
	s.facts.Unmeasured = append(s.facts.Unmeasured, fmt.Sprintf("%s is not pinned and its processor time not measured: %v", what, why))
}

var errElsewhere = errors.New("it does not run on this machine, or not where it can be seen")

// postgresHere finds the eldest process of a Postgres by the one that serves a connection. Its id may be another
// machine's; then the process of that id here, if there is any, is not called so.
func postgresHere(backend int, database string) (eldest int, err error) {
	title, err := titleOf(backend)
	if err != nil || !strings.HasPrefix(title, "postgres: ") || !strings.Contains(title, " "+database+" ") {
		return 0, errElsewhere
	}
	if eldest, err = parentOf(backend); err != nil || eldest <= 1 {
		return 0, errElsewhere
	}
	return eldest, nil
}

// redisHere looks whether the process that a Redis says it is runs here.
func redisHere(p redisbus.Process) error {
	title, err := titleOf(p.PID)
	if err != nil || !strings.Contains(title, "-server") || !strings.Contains(title, fmt.Sprintf(":%d", p.Port)) {
		return errElsewhere
	}
	return nil
}

// probeFolder gives a folder on the disk of the database's log, to be measured: the run's own if it lies there, or else
// the one beside the database's. Where that cannot be had it is the run's own, and why says so.
func (s *shared) probeFolder(own string) (folder, why string, err error) {
	if s.postgres == 0 {
		return own, "that of -dir: the database's is not on this machine", nil
	}
	data := homeOf(s.postgres)
	log := filepath.Join(data, "pg_wal")
	real, err := onRealDisk(log)
	if errors.Is(err, os.ErrPermission) {
		return own, "that of -dir: the database's cannot be looked at", nil
	}
	if err != nil {
		return "", "", err
	}
	if !real {
		return "", "", errors.New("the database is kept in memory, where an fsync costs nothing: it is not measured")
	}
	for _, folder := range []string{own, filepath.Join(data, "..")} {
		same, err := sameDisk(folder, log)
		if err != nil {
			return "", "", err
		}
		if same && mayWrite(folder) {
			return folder, "the database's", nil
		}
	}
	return own, "that of -dir: nothing but the database may write to the database's", nil
}

// mayWrite tries it.
func mayWrite(folder string) bool {
	file, err := os.CreateTemp(folder, "waymark-bench-")
	if err != nil {
		return false
	}
	_ = file.Close()
	return os.Remove(file.Name()) == nil
}

// close gives back the cores and the connection.
func (s *shared) close() error {
	var errs []error
	for _, undo := range s.undo {
		errs = append(errs, undo())
	}
	s.undo = nil
	if s.ground != nil {
		errs = append(errs, s.ground.Close())
	}
	return errors.Join(errs...)
}
