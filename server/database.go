package main

import (
	"context"
	"database/sql"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/sqlitelog"
)

// A Database is where the boards and the people are: a SQLite file that one server has for itself, or a Postgres that
// many servers share.
type Database interface {
	collab.Log
	collab.Archive
	keeper
	// Close gives it free; the second time it does nothing.
	Close() error
}

// A keeper is what the server asks of a database beside the log.
type keeper interface {
	// DB and Begin are for the directory's tables.
	DB() *sql.DB
	Begin(ctx context.Context) (*sql.Tx, error)
	// Purge removes a board whose head is still expect, and runs also in the same transaction.
	Purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error
	// InPlace says what is wrong when what is written now would be lost.
	InPlace() error
	// Synchronous is the database's own word for how commits reach the disk.
	Synchronous() string
}

// A store is the database as a server uses it.
type store struct {
	Database
	// shared says that other servers may use it too.
	shared bool
	// offset asks how far its clock is ahead of this computer's.
	offset func(ctx context.Context) (time.Duration, error)
}

// openStore opens what the configuration names, for a server.
func openStore(_ context.Context, config *Config) (store, error) {
	data, err := sqlitelog.Open(config.Data)
	if err != nil {
		return store{}, err
	}
	return store{Database: data, offset: noOffset}, nil
}

// noOffset is that of a database on this computer.
func noOffset(context.Context) (time.Duration, error) { return 0, nil }

// kind names the database for figures and reports.
func (s store) kind() string {
	if s.shared {
		return "postgres"
	}
	return "sqlite"
}
