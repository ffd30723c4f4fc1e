package main

import (
	"fmt"
	"io"
	"strings"

	"waymark/server/option"
)

const usageHead = `Waymark is a whiteboard server for customer journey maps.

  waymark [serve] [flags]             serve the boards
  waymark account [flags] NAME        make an account and print a link that signs it in
  waymark login-link [flags] [LOGIN]  print a link that signs in the account, or the administrator
  waymark disable [flags] LOGIN       switch an account off; not the only administrator's
  waymark enable [flags] LOGIN        switch it on again
  waymark audit [flags]               print who got in, who was let in and what was taken out: time,
                                      act, by whom, board, more; acts on boards within ten seconds
  waymark backup [flags] FILE         write a copy of all boards and accounts, or of one -board, as a
                                      SQLite file; running servers go on
  waymark restore [flags] FILE        put such a copy into a new data folder or an empty -database; with
                                      -board put that one back where servers run, and keep what was there;
                                      -without leaves damaged boards behind, here and with move
  waymark move [flags] from FOLDER    take all boards and people from a data folder to -database; nobody is
  waymark move [flags] to FOLDER      signed out; or from -database to a folder. No server may run meanwhile
  waymark move [flags] release        let a -data folder or a -database be served again that was moved
  waymark verify [flags]              replay every log, or that of one -board, and compare it with what is
                                      stored
  waymark doctor [flags]              examine what these flags name: folder or Postgres, servers, Redis,
                                      proxy, WebSocket; say what to change, and change nothing. Ends with 1
                                      when something is wrong. Give it the flags of the server
  waymark ready [flags]               ask the server of these flags, on this computer, whether it is ready
  waymark bench [flags]               measure this server on this machine; see waymark bench --help
  waymark version                     print which build this is; also -version

`

const usageTail = `
Environment only:
  WAYMARK_KEYS
        Token keys as name:base64url of 32 bytes, separated by commas. The first signs, all are accepted.
        Default: made once and kept in the database.
`

func printUsage(w io.Writer) {
	var b strings.Builder
	b.WriteString(usageHead + option.UsageHead)
	for _, o := range options {
		if o.Only == nil {
			b.WriteString(o.Usage())
		}
	}
	for _, o := range options {
		if o.Only != nil {
			fmt.Fprintf(&b, "\nOnly with %s:\n%s", strings.Join(o.Only, ", "), o.Usage())
		}
	}
	b.WriteString(usageTail)
	_, _ = io.WriteString(w, b.String())
}
