//go:build services

package pglog

// AppendConns is how many appends there can be under way.
const AppendConns = appendConns
