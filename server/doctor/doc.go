// Package doctor examines an installation from outside: the data folder or the Postgres, the servers that run on it, the
// Redis, and the way that people take to it. It says what is good, and of everything else what it means and what to
// change. It changes nothing itself, and tells no password and no key.
package doctor
